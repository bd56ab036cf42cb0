"""The demo's photos: drawn from what the story says is to be seen, always the same.

The words are searched for a place and for what is there. Two pictures with one seed show the same
wall and the same paving, so that before and after look alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from server.demo.drawings import (
    damage,
    green,
    ground,
    household,
    panels,
    papers,
    places,
    rooms,
    rubbish,
    things,
    weather,
    wheels,
)
from server.demo.drawings.sheet import Sheet

# The first that is named is where we are; else it is a lane.
PLACES: tuple[tuple[str, Callable[[Sheet], None]], ...] = (
    (r"by water|by the water|gap closed", places.river),
    (r"balcony railing|empty railing|outer wall", places.under_sky),
    (r"balcony", places.balcony),
    (r"staircase|stairwell foot", rooms.stairs),
    (r"letter boxes|stairwell wall|in the hall", rooms.room),
    (r"stove|new hose", rooms.kitchen),
    (
        r"wall sockets|two sockets|label with|dial|red metal box|the box|hydrant|leaflet|ceiling"
        r"|windowsill",
        rooms.bare_wall,
    ),
    (r"stone steps|doorsill|teahouse|sign straight|open trench", places.steps),
    (r"door\b|doorway|stone step\b", rooms.door),
    (r"stepped lane|slab", places.stepped_lane),
    (r"alley|bend|dead end|lane mouth|same corner|clip", places.alley),
    (r"manhole|grating|trench", places.bank),
    (r"tree|flower bed|yard|grill|concrete|fire lane", places.yard),
)

# Part of the wall or of the ground: each has a place of its own.
FIXED: tuple[tuple[str, Callable[[Sheet], None]], ...] = (
    (r"wall sockets|two sockets", panels.sockets),
    (r"handwritten list", panels.handwritten_list),
    (r"dial", panels.dial),
    (r"label with", papers.dated_label),
    (r"letter boxes", panels.letter_boxes),
    (r"red metal box|the box", panels.red_box),
    (r"hydrant", panels.hydrant),
    (r"leaflet", papers.leaflet),
    (r"lamp frame", damage.lamp_frame),
    (r"plaster", damage.flakes),
    (r"stair edge", damage.worn_edge),
    (r"windowsill", household.windowsill),
    (r"balcony railing|empty railing", green.balcony_above),
    (r"outer wall", green.tiled_front),
    (r"railing by water|gap closed", green.railing),
    (r"teahouse sign|sign straight", papers.shop_sign),
    (r"advert", papers.advert),
    (r"painted figure", papers.figure_four),
    (r"parcel shelf", papers.parcel_shelf),
    (r"outside the door", household.open_door),
    (r"stove|new hose", household.stove),
    (r"in the shed", things.battery_lamp),
    (r"hatched", ground.hatching),
    (r"chalk outline", ground.chalk_outline),
    (r"water across", ground.water_path),
    (r"at a doorsill", ground.doorsill_water),
    (r"trench", damage.trench),
    (r"flower bed", green.flower_bed),
    (r"under water", ground.flood),
    (r"wet (?:alley|stones|leaves)|rain", weather.wet),
    (r"wet floor", ground.wet_floor),
    (r"scorch", damage.scorch),
)

# Side by side on the ground in the order they are told, each with the room it takes.
STANDING: tuple[tuple[str, Callable[[Sheet, float, float], None], int], ...] = (
    (r"well\b", green.well, 330),
    (r"bins?\b|wheelie bin", rubbish.bins, 420),
    (r"layers of bags", rubbish.bags, 350),
    (r"cat\b", things.cat, 170),
    (r"broom leaning", rubbish.broom, 160),
    (r"e-bikes?", wheels.e_bikes, 440),
    (r"three-wheeler", wheels.three_wheeler, 600),
    (r"new extinguishers|extinguisher standing", panels.extinguishers, 560),
    (r"pole covered|bare pole", papers.pole, 220),
    (r"scraper", papers.scraper, 220),
    (r"vinegar", papers.vinegar, 120),
    (r"(?:rubble )?heap of bricks|rubble heap|the heap", rubbish.rubble, 640),
    (r"old toilet(?! on top)", rubbish.toilet, 180),
    (r"sign board", things.sign_board, 300),
    (r"suitcase", wheels.suitcase, 220),
    (r"child's ball", things.ball, 120),
    (r"white car", wheels.car, 800),
    (r"slab", damage.slab, 480),
    (r"shoe", things.shoe, 160),
    (r"cobbler's|the same things", things.cobblers_things, 900),
    (r"parcels", papers.parcels, 520),
    (r"manhole", ground.manhole, 500),
    (r"spring onions|the pots", green.pots, 440),
    (r"boots", things.boots, 300),
    (r"grating", ground.drain, 480),
    (r"heap of wet leaves", rubbish.leaves, 360),
    (r"rake", rubbish.rake, 200),
    (r"umbrella", things.umbrella, 380),
    (r"tree\b", green.tree, 380),
    (r"stone table|table free", green.stone_table, 600),
    (r"posts", ground.posts, 900),
    (r"bicycles|the same row", wheels.bicycles, 900),
    (r"sofa", rubbish.sofa, 480),
    (r"grey van", wheels.van, 480),
    (r"hair dryer", household.hair_dryer, 300),
    (r"lamp post|post upright", things.lamp_post, 300),
    (r"grey ash", damage.ash, 480),
    (r"metal bucket|slop bucket|mop and bucket", rubbish.bucket, 220),
    (r"grill cart", household.grill_cart, 480),
    (r"ladder", household.ladder, 240),
    (r"bench", household.bench, 420),
    (r"distribution box", panels.wired_box, 360),
    (r"bed boards", wheels.bed_boards, 300),
    (r"sand heap", ground.sand, 840),
    (r"sandbags", ground.sandbags, 800),
    (r"car wheel", wheels.car_wheel, 520),
)

# In front of everything, and the weather.
OVER: tuple[tuple[str, Callable[[Sheet], None]], ...] = (
    (r"rope around|low rope|cordon", green.rope),
    (r"warning sheet", green.warning_sheet),
    (r"cable", things.cable),
    (r"extension lead", wheels.extension_lead),
    (r"leads going into", wheels.leads_into_socket),
    (r"vapour", ground.vapour),
    (r"broom standing", rubbish.broom_in_crack),
    (r"red plastic stool", things.stool_and_pole),
    (r"in bright daylight", things.wall_lamp),
    (r"at night|dark bend|lit lamps", weather.night),
    (r"at night", weather.street_lamp_at_night),
    (r"lit lamps", things.lit_lamps),
    (r"torch", ground.torch_beam),
    (r"rain", weather.rain),
)


# Nobody comes back at the same hour to show that it is done.
LIGHT = {"before": "#5b6a7614", "after": "#ffe9b822"}


def draw(description: str, seed: str, role: str) -> bytes:
    """A JPEG of what the words describe: 1200 by 900, the same bytes for the same words."""
    sheet = Sheet(re.sub(r"\bno [\w ]+", "", description.lower()), seed)
    next((place for words, place in PLACES if sheet.says(words)), places.lane)(sheet)
    for words, part in FIXED:
        if sheet.says(words):
            part(sheet)
    stand(sheet)
    for words, part in OVER:
        if sheet.says(words):
            part(sheet)
    if role in LIGHT:
        sheet.veil(LIGHT[role])
    return sheet.jpeg()


def stand(sheet: Sheet) -> None:
    """Put what stands there side by side, with the same space between all."""
    found = [row for row in STANDING if sheet.says(row[0])]
    found.sort(key=lambda row: sheet.place_of(row[0]))
    at, end = sheet.span
    space = (end - at - sum(wide for _, _, wide in found)) / (len(found) + 1)
    for _, thing, wide in found:
        thing(sheet, at + space + wide / 2, sheet.floor + 150)
        at += space + wide
