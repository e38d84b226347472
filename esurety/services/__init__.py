"""The verbs: one module per thing somebody does; each owns its transaction."""
