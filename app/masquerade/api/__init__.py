"""The public functions and classes of `import masquerade`, which loads them one by one."""
