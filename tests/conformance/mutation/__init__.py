"""Changes the product in small ways, one at a time, and tells which changes no test notices.

    operators.py    which operators of a Python module can be flipped
    instrument.py   imports the stand-in's engine with a switch at each chosen operator
    forking.py      runs chosen tests in forked children of one collected pytest session
    engine.py       the engine: a seeded sample of flips, each against the unit tests that execute it
    verdicts.py     what both say at the end
`make standin-mutation` runs it; a change is noticed when a test fails or does not end.
"""
