"""Programs on the Python client of Kubernetes, run by actors in an environment of their own."""
