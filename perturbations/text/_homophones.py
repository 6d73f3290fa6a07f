"""English words that sound alike, in British or American speech or in both.

Why our own: the groups are facts of the language, written down here, so that the noise needs no pronouncing
dictionary; near-homophones that recognisers confuse as often (than and then, accept and except) stand in it too.
"""

from collections.abc import Mapping
from functools import cache

_GROUPS = """
their there they're|to too two|your you're|its it's|whose who's|here hear|no know|new knew
by buy bye|for four fore|one won|eight ate|right write rite|see sea|be bee|where wear|were we're
weather whether|which witch|would wood|our hour|son sun|some sum|meet meat|week weak
way weigh whey|wait weight|made maid|male mail|tale tail|sale sail|pale pail|main mane|plain plane
rain reign rein|vain vein vane|brake break|steak stake|great grate|peace piece|road rode rowed
role roll|hole whole|sole soul|pole poll|told tolled|bold bowled|cell sell|scent cent sent
seller cellar|sight site cite|night knight|knot not|nun none|nose knows|knead need|rap wrap
ring wring|wrote rote|wrest rest|hair hare|fair fare|pair pear pare|bear bare|stair stare|heir air
flower flour|tower tour|power pour|poor pour pore|sore soar saw|floor flaw|more moor|board bored
war wore|warn worn|sort sought|caught court|taught taut|source sauce|course coarse|horse hoarse
morning mourning|pause paws|cause caws|draw drawer|raw roar|law lore|all awl|ball bawl|hall haul
mall maul|aloud allowed|bough bow|foul fowl|mussel muscle|dye die|dyed died|bite byte|mite might
time thyme|tide tied|side sighed|find fined|mind mined|wine whine|while wile|isle aisle|I eye aye
high hi|guise guys|prize pries|size sighs|lie lye|pie pi|cue queue|due dew|few phew|blue blew
through threw|flew flu flue|chews choose|cruise crews|shoe shoo|root route|suite sweet|suit soot
loot lute|moose mousse|noose news|do dew|you ewe|use ewes|rude rued|brood brewed|mood mooed
feet feat|beat beet|heal heel he'll|steal steel|real reel|peel peal|seam seem|team teem|bean been
scene seen|mean mien|lean lien|read reed|lead led|read red|bread bred|cheap cheep|leak leek
peak peek pique|creak creek|sleigh slay|days daze|praise prays preys|phase faze|raise rays raze
place plaice|waste waist|paste paced|chased chaste|based baste|bass base|straight strait|gate gait
weighed wade|fate fete|berry bury|very vary|merry marry|cereal serial|series serious|mist missed
passed past|guest guessed|packed pact|banned band|tax tacks|lax lacks|sacks sax|links lynx
minks minx|locks lox|cash cache|toe tow|so sew sow|grown groan|thrown throne
loan lone|moan mown|flow floe|row roe|doe dough|bolder boulder|boarder border|colonel kernel
heard herd|fur fir|earn urn|turn tern|serf surf|serge surge|purl pearl|berth birth|curb kerb
tire tyre|cheque check|gorilla guerrilla|lesson lessen|council counsel|principal principle
stationary stationery|complement compliment|affect effect|accept except
practice practise|licence license|than then
altar alter|assent ascent
assistance assistants|attendance attendants|patience patients|presence presents
residence residents|incidence incidents|instance instants|tense tents|prince prints|mince mints
dense dents|chance chants|idle idol|medal meddle|metal mettle|pedal peddle|petal pedal
bridal bridle|cymbal symbol|mantel mantle|naval navel|profit prophet|rabbit rabbet
roomer rumour|taper tapir|manner manor|minor miner|censor sensor|tenor tenner|auger augur
baron barren|bazaar bizarre|beach beech|boy buoy|canvas canvass|carat carrot|choir quire
chord cord|climb clime|core corps|current currant|cygnet signet|discreet discrete|dual duel
ducks dux|elude allude|elicit illicit|emigrate immigrate|ensure insure|fazed phased|flair flare
flea flee|forth fourth|foreword forward|gilt guilt|hangar hanger|him hymn|hoard horde|hoop whoop
jam jamb|key quay|lama llama|laps lapse|maize maze|marshal martial|mode mowed|mustard mustered
oar ore|or oar|paid payed|palette palate|pier peer|pleas please|plum plumb|pray prey|quarts quartz
racket racquet|rapt wrapped|retch wretch|review revue|rough ruff|rung wrung|rye wry
sees seas seize|shear sheer|sign sine|slight sleight|soared sword|spade spayed|stile style
storey story|sweat sweet|tea tee|tear tier|tear tare|ticks tics|toad towed|ton tonne|troop troupe
vale veil|vial vile|wail whale|wales whales|ware wear|wax whacks|we wee|we'd weed
we'll wheel|we've weave|wet whet|wheeled wield|wig whig|yoke yolk|yore your|you'll yule|he'd heed
I'll aisle
"""
"""A group's words stand side by side; groups are parted by bars and ends of lines."""


@cache
def homophones() -> Mapping[str, tuple[str, ...]]:
    """Return the words that sound like each word, sorted; all in lower case but I."""
    found: dict[str, set[str]] = {}
    for group in groups():
        for word in group:
            found.setdefault(word.lower(), set()).update(set(group) - {word})
    return {word: tuple(sorted(others)) for word, others in sorted(found.items())}


def groups() -> list[tuple[str, ...]]:
    """Return the groups of words that sound alike."""
    rows = (group.split() for line in _GROUPS.strip().splitlines() for group in line.split("|"))
    return list(map(tuple, rows))
