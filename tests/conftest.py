"""What holds for all tests: how long a property may take is pytest-timeout's to bound, not a busy machine's."""

from hypothesis import settings

# Mutation brings a profile of its own.
if settings.default is not None and settings.default.deadline is not None:
    settings.register_profile("unhurried", deadline=None)
    settings.load_profile("unhurried")
