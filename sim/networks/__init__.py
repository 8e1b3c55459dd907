"""Power, phone, messages, drainage, roads and the trees across them: state, stepped by the tick."""
