"""What happens to phones, lanes and servers without anybody's fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.simulator.domain import PLACES
from sync.simulator.storage import Grant, copied_device
from sync.simulator.timepiece import DAY, MINUTE, YEAR

if TYPE_CHECKING:
    from sync.simulator.world import World

COPIES = 1
QUICK_MS = 15_000


class Fate:
    """One blow at a time."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rng = world.rng
        self.server = world.server
        self.copies = 0

    def stir(self) -> None:
        self.world.network.stir(self.world.now)

    def jump(self) -> None:
        """Somebody sets a clock, by a little or by years."""
        clock = self.rng.choice(self.world.phones).clock
        longest = self.rng.choice((10 * MINUTE, 2 * DAY, 10 * YEAR))
        size = self.rng.choice((1, -1)) * self.rng.randrange(1000, longest)
        clock.jump(size, self.world.now, is_noticed=self.rng.random() < 0.5)

    def correct(self) -> None:
        """The network sets a clock back a little, just before the phone tells what was written."""
        phone = self.rng.choice(self.world.phones)
        self.world.people.write_on(phone)
        size = -self.rng.randrange(1000, 4 * MINUTE)
        phone.clock.jump(size, self.world.now, is_noticed=False)
        self.world.talks.talk(phone, 200, 500)

    def rush(self) -> None:
        """The server has more to do than it can, while somebody will not wait."""
        world, phone = self.world, self.rng.choice(self.world.phones)
        world.talks.load.begin(world.now)
        deeds = (
            *[lambda: world.talks.exchange_of(phone)] * 6,
            lambda: world.people.write_on(phone),
            phone.restart,
        )
        for _ in range(self.rng.randrange(4, 12)):
            world.happen(self.rng.choice(deeds), QUICK_MS)

    def close(self) -> None:
        """Somebody leaves the app and opens it anew."""
        self.rng.choice(self.world.phones).restart()

    def regrant(self) -> None:
        """A lane is given to somebody, or taken away."""
        member = self.rng.choice(self.world.phones).member
        scope = f"place:{self.rng.choice(PLACES)}"
        grants = self.server.tables.grants
        for i, grant in enumerate(grants):
            if grant.member == member and grant.scope == scope and grant.until is None:
                grants[i] = grant._replace(until=self.world.now)
                return
        grants.append(Grant(member, scope, self.world.now, None))

    def compact(self) -> None:
        """Everything old is forgotten, often up to this very moment."""
        head = self.server.tables.stream.next_seq
        self.server.compact(max(0, head - self.rng.choice((1, 1, 2, 5, 10))))

    def restore(self) -> None:
        if self.server.backups:
            self.server.restore(self.rng.choice(self.server.restorable()))

    def clone(self) -> None:
        """A profile is copied to another phone; once is enough for one history."""
        if self.copies == COPIES:
            return
        self.copies += 1
        phone = self.rng.choice(self.world.phones)
        twin = phone.clone()
        self.world.phones.append(twin)
        self.world.obedience.copies(phone, twin)
        self.world.watch.copied |= {phone.clock, twin.clock}

    def revoke(self) -> None:
        phone = self.rng.choice(self.world.phones)
        device = self.server.tables.devices.get(phone.device)
        if device and self.rng.random() < 0.5:
            lost = copied_device(device)
            lost.revoked_at = self.world.now
            self.server.tables.devices[device.id] = lost
