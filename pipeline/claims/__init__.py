"""The essay's claims: one file each, with the machinery that registers, estimates and judges them."""
