"""What faces do that sets layers off."""
