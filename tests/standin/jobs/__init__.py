"""Search jobs, the clock, the scheduler, alerts and the child processes that alert actions are."""
