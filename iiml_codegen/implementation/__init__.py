"""Phase II: coders that compose modules from the recipes that the blueprint's steps need."""
