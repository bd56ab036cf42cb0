"""Whatever happens in whatever order, everything ends well. Hypothesis looks for the order."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from sync.simulator.world import World

CHANCE = st.integers(0, 2**16)


class AnyOrder(RuleBasedStateMachine):
    """P4 and P5 after every step, P7, P8, P11 and P14 at every commit, the rest at the end."""

    world: World

    @initialize(seed=CHANCE)
    def begin(self, seed):
        self.world = World(seed)

    def happen(self, deed, chance):
        self.world.rng.seed(chance)
        self.world.happen(deed)

    @rule(chance=CHANCE)
    def somebody_writes(self, chance):
        self.happen(self.world.people.write, chance)

    @rule(chance=CHANCE)
    def a_phone_talks(self, chance):
        self.happen(self.world.talks.exchange, chance)

    @rule(chance=CHANCE)
    def something_late_arrives(self, chance):
        self.happen(self.world.fate.stir, chance)

    @rule(chance=CHANCE)
    def the_desk_works(self, chance):
        self.happen(self.world.desk.act, chance)

    @rule(chance=CHANCE)
    def a_lane_changes_hands(self, chance):
        self.happen(self.world.fate.regrant, chance)

    @rule(chance=CHANCE)
    def a_clock_is_set(self, chance):
        self.happen(self.world.fate.jump, chance)

    @rule(chance=CHANCE)
    def a_clock_is_corrected(self, chance):
        self.happen(self.world.fate.correct, chance)

    @rule(chance=CHANCE)
    def old_news_is_forgotten(self, chance):
        self.happen(self.world.fate.compact, chance)

    @rule(chance=CHANCE)
    def a_backup_is_made(self, chance):
        self.happen(self.world.server.back_up, chance)

    @rule(chance=CHANCE)
    def the_server_is_restored(self, chance):
        self.happen(self.world.fate.restore, chance)

    @rule(chance=CHANCE)
    def a_phone_is_copied(self, chance):
        self.happen(self.world.fate.clone, chance)

    @rule(chance=CHANCE)
    def a_phone_is_lost(self, chance):
        self.happen(self.world.fate.revoke, chance)

    @rule(chance=CHANCE)
    def the_server_is_upgraded(self, chance):
        self.happen(self.world.server.upgrade, chance)

    def teardown(self):
        if hasattr(self, "world"):
            self.world.come_to_rest()


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
