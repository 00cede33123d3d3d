"""Nothing is dialled but public addresses and what a source opened for itself."""

import asyncio
import socket
import subprocess
import sys
import threading
from ipaddress import ip_address

import pytest
from twisted.internet.defer import succeed
from twisted.internet.endpoints import HostnameEndpoint
from twisted.internet.error import DNSLookupError
from twisted.internet.interfaces import IResolverSimple
from twisted.internet.protocol import ClientFactory, Factory, Protocol
from twisted.internet.ssl import optionsForClientTLS
from zope.interface import implementer

from monitor import dial
from monitor.dial import DialPolicy, GuardedReactor, Lookups, local, public
from monitor.errors import DialRefused
from monitor.records import Kind, Listing, Source

BAD = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.1.2.3",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.1",
    "192.0.2.1",
    "192.168.1.1",
    "192.88.99.1",
    "198.18.0.1",
    "203.0.113.7",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "2001:db8::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
GOOD = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.215.14",
    "64:ff9b::8.8.8.8",
    "::ffff:8.8.8.8",
    "2606:4700:4700::1111",
    "2a00:1450:4001::5e",
]


@pytest.mark.parametrize("address", BAD)
def test_p21_an_address_that_is_not_the_internet_s_is_not_public(address):
    assert not public(ip_address(address))


@pytest.mark.parametrize("address", GOOD)
def test_p21_an_address_of_the_internet_is_public(address):
    assert public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "0.0.0.0",
        "224.0.0.1",
        "fe80::1",
        "::",
        "ff02::1",
        "255.255.255.255",
    ],
)
def test_p21_allow_private_does_not_open_link_local_multicast_or_nowhere(address):
    assert not local(ip_address(address))


def source(name: str, url: str, *listings: str, private: bool = True) -> Source:
    return Source(name, name, url, listings=tuple(Listing(Kind.FEED, each) for each in listings), allow_private=private)


def test_p21_a_source_opens_only_its_own_hosts_and_only_where_it_says_so():
    policy = DialPolicy.of(
        [source("a", "http://intranet/news", "http://feeds.intranet:81/f"), source("b", "http://b.test", private=False)]
    )
    assert policy.opened("Intranet.", 80)
    assert policy.opened("intranet", 443), "https beside http on their default ports"
    assert policy.opened("feeds.intranet", 81)
    assert not policy.opened("feeds.intranet", 80)
    assert not policy.opened("b.test", 80)


def test_p21_a_private_host_is_no_other_source_s():
    policy = DialPolicy.of([source("a", "http://intranet/"), source("b", "http://10.0.0.1:81/")])
    assert policy.may_ask("a", "intranet", 80)
    assert not policy.may_ask("b", "intranet", 80)
    assert not policy.may_ask("c", "10.0.0.1", 81)
    assert policy.may_ask("c", "example.org", 80)


def test_p21_an_opened_host_is_known_in_each_of_its_spellings():
    policy = DialPolicy.of([source("a", "http://xn--bcher-kva.test/"), source("b", "http://[::1]:81/")])
    assert policy.opened("bücher.test", 80)
    assert policy.opened("BÜCHER.test.", 80)
    assert policy.opened("::1", 81)
    assert policy.opened("[::1]", 81)


class Recording(GuardedReactor):
    """Writes down what it would dial, and dials nothing."""

    def __init__(self, answers: dict[str, list[str]] | None = None, policy: DialPolicy | None = None) -> None:
        super().__init__(asyncio.get_running_loop())
        self.dialled: list[tuple[str, int]] = []
        self.policy = policy or DialPolicy()
        self.answers = answers or {}
        Lookups(self, ask=self._answer).install_on_reactor()

    def _answer(self, host: str, port: int, *_: object) -> list[tuple]:
        answers = self.answers[host]
        if len(answers) > 1 and answers[0] == "next:":
            self.answers[host] = ["next:", *answers[2:]]
            answers = answers[1:2]
        if not answers:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in answers]

    def _dial(self, host: str, port: int, *_: object) -> None:
        self.dialled.append((host, port))
        raise ConnectionRefusedError("recorded")

    async def ask_for(self, host: str, port: int = 80) -> str:
        """Connect as Scrapy's agent does; give the name of how it ended."""
        endpoint = HostnameEndpoint(self, host, port, attemptDelay=0.001)
        try:
            await endpoint.connect(Factory.forProtocol(Protocol)).asFuture(asyncio.get_running_loop())
        except (DialRefused, DNSLookupError, ConnectionRefusedError, ValueError) as end:
            return type(end).__name__
        return "connected"


@pytest.mark.parametrize("address", [*BAD, "localhost", "127.1", "2130706433", "0x7f000001", "example.org", ""])
async def test_p21_connect_tcp_refuses_what_is_not_a_public_literal(address):
    reactor = Recording()
    with pytest.raises(DialRefused):
        reactor.connectTCP(address, 80, ClientFactory())
    with pytest.raises(DialRefused):
        reactor.connectSSL(address, 443, ClientFactory(), optionsForClientTLS("example.org"))
    assert reactor.dialled == []


@pytest.mark.parametrize("address", GOOD)
async def test_connect_tcp_dials_a_public_literal(address):
    reactor = Recording()
    with pytest.raises(ConnectionRefusedError):
        reactor.connectTCP(address, 80, ClientFactory())
    assert reactor.dialled == [(str(ip_address(address)), 80)]


async def test_p21_a_unix_socket_is_refused():
    reactor = Recording()
    with pytest.raises(DialRefused):
        reactor.connectUNIX("/run/docker.sock", ClientFactory())
    with pytest.raises(DialRefused):
        reactor.connectUNIXDatagram("/run/log", Protocol())


SPELLINGS = ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "localhost", "①②⑦.0.0.1", "127。0。0。1"]


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_p21_every_spelling_of_loopback_ends_at_the_door(spelling):
    reactor = Recording()
    Lookups(reactor).install_on_reactor()
    assert await reactor.ask_for(spelling) in ("DialRefused", "DNSLookupError", "ValueError")
    assert reactor.dialled == []


async def test_p22_a_public_name_is_dialled_on_the_address_it_was_resolved_to():
    reactor = Recording({"example.test": ["93.184.215.14"]})
    assert await reactor.ask_for("example.test") == "ConnectionRefusedError"
    assert reactor.dialled == [("93.184.215.14", 80)]


@pytest.mark.parametrize("address", BAD)
async def test_p22_a_name_that_leads_to_a_private_address_is_refused_by_its_own_type(address):
    reactor = Recording({"evil.test": [address]})
    assert await reactor.ask_for("evil.test") == "DialRefused"
    assert reactor.dialled == []


async def test_p22_one_private_answer_among_public_ones_refuses_them_all():
    reactor = Recording({"evil.test": ["93.184.215.14", "127.0.0.1"]})
    assert await reactor.ask_for("evil.test") == "DialRefused"
    assert reactor.dialled == []


async def test_p22_a_name_that_changes_its_answer_is_judged_anew_at_every_dial():
    reactor = Recording({"evil.test": ["next:", "93.184.215.14", "127.0.0.1", "93.184.215.14"]})
    ends = [await reactor.ask_for("evil.test") for _ in range(3)]
    assert ends == ["ConnectionRefusedError", "DialRefused", "ConnectionRefusedError"]
    assert reactor.dialled == [("93.184.215.14", 80)] * 2


async def test_p22_a_private_host_of_one_source_is_not_reached_by_another_s_name():
    policy = DialPolicy.of([source("a", "http://intranet/")])
    reactor = Recording({"intranet": ["10.0.0.5"], "evil.test": ["10.0.0.5"]}, policy)
    assert await reactor.ask_for("intranet") == "ConnectionRefusedError"
    assert await reactor.ask_for("evil.test") == "DialRefused"
    assert await reactor.ask_for("10.0.0.5") == "DialRefused"
    assert await reactor.ask_for("intranet", 8080) == "DialRefused"
    assert reactor.dialled == [("10.0.0.5", 80)]


async def test_p22_an_opened_name_does_not_open_the_cloud_s_metadata_address():
    reactor = Recording({"intranet": ["169.254.169.254"]}, DialPolicy.of([source("a", "http://intranet/")]))
    assert await reactor.ask_for("intranet") == "DialRefused"
    assert reactor.dialled == []


async def test_p22_what_a_config_no_longer_opens_is_shut_at_once():
    reactor = Recording({"intranet": ["10.0.0.5"]}, DialPolicy.of([source("a", "http://intranet/")]))
    await reactor.ask_for("intranet")
    reactor.policy = DialPolicy()
    with pytest.raises(DialRefused):
        reactor.connectTCP("10.0.0.5", 80, ClientFactory())
    assert reactor.dialled == [("10.0.0.5", 80)]


async def test_p22_the_guard_stays_around_whichever_resolver_is_installed():
    """Scrapy installs a resolver of its own where its settings name one."""

    @implementer(IResolverSimple)
    class Simple:
        def getHostByName(self, name, timeout=()):
            return succeed("10.0.0.5")

    reactor = Recording(policy=DialPolicy.of([source("a", "http://intranet/")]))
    reactor.installResolver(Simple())
    assert await reactor.ask_for("evil.test") == "DialRefused"
    assert await reactor.ask_for("intranet") == "ConnectionRefusedError"
    assert reactor.dialled == [("10.0.0.5", 80)]


async def test_a_name_that_does_not_exist_is_a_dns_failure():
    reactor = Recording({"gone.test": []})
    assert await reactor.ask_for("gone.test") == "DNSLookupError"


async def test_p23_dead_names_cost_a_bounded_time_and_hold_nobody_else_up():
    silent = threading.Event()

    def ask(host: str, port: int, *_: object) -> list[tuple]:
        if host.startswith("dead"):
            silent.wait(20)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", port))]

    reactor = Recording()
    Lookups(reactor, ask=ask, seconds=0.2, at_once=40).install_on_reactor()
    try:
        dead = [asyncio.create_task(reactor.ask_for(f"dead{number}.test")) for number in range(39)]
        await asyncio.sleep(0)
        assert await reactor.ask_for("alive.test") == "ConnectionRefusedError"
        assert not any(task.done() for task in dead)
        assert set(await asyncio.gather(*dead)) == {"DNSLookupError"}
        one_more = asyncio.create_task(reactor.ask_for("dead39.test"))
        await asyncio.sleep(0.01)
        assert await reactor.ask_for("alive.test") == "DNSLookupError", "no more threads than the limit"
        assert await one_more == "DNSLookupError"
    finally:
        silent.set()


async def test_the_running_reactor_is_used_again_and_no_other_is_taken(reactor):
    async with dial.running() as again:
        assert again is reactor


def test_another_reactor_in_the_process_is_refused_in_plain_words():
    code = (
        "import asyncio\nfrom twisted.internet import reactor\nfrom monitor import dial\n"
        "async def main():\n    async with dial.running(): pass\n"
        "asyncio.run(main())"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    assert run.returncode == 1
    assert "another Twisted reactor is installed" in run.stderr


def test_a_program_ends_at_once_though_a_name_server_is_silent():
    code = (
        "import asyncio, threading, time\nfrom monitor import dial\n"
        "from twisted.internet.endpoints import HostnameEndpoint\n"
        "from twisted.internet.protocol import Factory, Protocol\n"
        "async def main():\n"
        "    async with dial.running() as reactor:\n"
        "        dial.Lookups(reactor, ask=lambda *_: time.sleep(60), seconds=0.05).install_on_reactor()\n"
        "        end = HostnameEndpoint(reactor, 'dead.test', 80).connect(Factory.forProtocol(Protocol))\n"
        "        try: await end.asFuture(asyncio.get_running_loop())\n"
        "        except Exception as end: print(type(end).__name__, threading.active_count())\n"
        "asyncio.run(main())"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    assert run.stdout == "DNSLookupError 2\n", run.stderr
    assert run.returncode == 0
