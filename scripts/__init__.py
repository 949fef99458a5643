"""Short programs that a person runs; nothing imports them."""
