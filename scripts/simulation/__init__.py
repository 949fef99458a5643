"""People of the past who visit again: what `scripts.simulate` is made of."""
