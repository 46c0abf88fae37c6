"""`python -m conformance.mutation`: both parts, and exit 1 where too much survives."""

from conformance.mutation.verdicts import main

if __name__ == "__main__":
    main()
