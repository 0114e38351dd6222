"""Running things: the solver, the supervisor of one run, the guard around a script, the worker."""
