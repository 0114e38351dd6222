"""The words of the project as frozen types, with strict JSON in and out."""
