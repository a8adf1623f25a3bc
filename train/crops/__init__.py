"""Training pictures as the app cuts them: crops with a detector's errors, light, blur and covers."""
