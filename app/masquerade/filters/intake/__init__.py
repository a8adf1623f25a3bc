"""The one door for packages that are not bundled: checked and drawn once in a process of their own."""
