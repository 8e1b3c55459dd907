"""Command (指挥部) in parts: desk, picture, levels, orders, dispatch, supply, aid, and 119."""
