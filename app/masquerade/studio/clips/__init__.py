"""What is done with finished photos and recordings: look into them, play them, trim them, make loops of them."""
