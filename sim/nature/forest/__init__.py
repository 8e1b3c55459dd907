"""Forest fire: landscape, weather, rates of spread, the front, the attack, detection, classes.

A pure library of functions over arrays; it knows neither teams nor ticks. Follow a fire:
`landscape` (what burns) and `weather` (how it blows) go into `rates` (minutes along each step of
a `stencil`), `spread` moves the front by least travel time, `attack` builds line along its edge,
`classes` names what burnt.
"""
