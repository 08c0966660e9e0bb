"""What checks are given: one provider module for each piece of evidence."""
