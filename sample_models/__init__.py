"""Small trained models, healthy and broken, with the code that builds them."""
