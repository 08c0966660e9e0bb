"""From a repository and its event to a report: the pieces put together."""
