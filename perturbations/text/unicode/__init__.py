"""Same look, other code points: twins from other scripts, invisible characters, marks, forms and ligatures."""
