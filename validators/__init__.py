"""What is checked: one package per validator, one module per check."""
