"""Which keys each kind of layer has, and how its value is read from them."""
