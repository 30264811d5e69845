"""The MQTT door before a real broker: nothing is acknowledged before its commit, nothing is written twice."""

import json
import re
import shlex
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.ingest_mqtt.broker import CODE, GRID, WAIT_S, listening, own
from twin.ingest.mqtt_broker import broker_of
from twin.settings import Settings, SettingsError

PAGE = Path(__file__).parents[2] / "docs" / "connect-a-device.md"
ROOT = Path(__file__).parents[2]


def said(seq: int, at: datetime | None = None, **values: Any) -> bytes:
    at = at or datetime.now(UTC)
    return json.dumps({"ts": at.isoformat(), "seq": seq, "v": values or {"smoke": "normal"}}).encode()


def publish(client: Any, *messages: tuple[str, bytes]) -> None:
    """Returns when the broker has taken them."""
    for done in [client.publish(topic, payload, qos=1) for topic, payload in messages]:
        done.wait_for_publish(WAIT_S)


def committed(consumer: Any) -> int:
    """Waits for its next commit: how many messages it had acknowledged before."""
    line = next(line for line in consumer.stdout if line.startswith(b"acked"))
    return int(line.split()[1])


def test_a_message_becomes_the_state_and_is_acknowledged_after_its_commit(broker: Any, twin: Any) -> None:
    client = broker.publisher()
    publish(client, (own("d1"), said(1, smoke="alarm", battery_pct=55)))
    twin.until(lambda: twin.door.counters.acknowledged == 1)
    assert twin.one("SELECT state FROM device_now WHERE device_id = 'd1'") == "alarm"
    assert twin.one("SELECT feed || ' ' || accepted FROM feed_now") == "mqtt-own 1"
    assert twin.door.report()["connected"] and twin.door.report()["unacknowledged"] == 0
    client.loop_stop()


def test_nothing_is_acknowledged_while_the_commit_waits(broker: Any, twin: Any) -> None:
    client = broker.publisher()
    held, let = threading.Event(), threading.Event()

    def hold(_: Any) -> None:
        held.set()
        let.wait(WAIT_S)

    writer = threading.Thread(target=lambda: twin.store.write(hold))
    writer.start()
    held.wait(WAIT_S)
    publish(client, *((own("d1"), said(n)) for n in range(20)))
    twin.until(lambda: twin.door.counters.received == 20)
    assert twin.door.counters.acknowledged == 0 and twin.door.report()["unacknowledged"] == 20
    let.set()
    writer.join()
    twin.until(lambda: twin.door.counters.acknowledged == 20)
    client.loop_stop()


def test_poison_unknown_devices_and_retained_words_do_not_stop_the_stream(broker: Any, twin: Any) -> None:
    client = broker.publisher()
    publish(
        client,
        (own("d1"), b"\xff\x00{"),
        (own("nobody"), said(1)),
        (own("d2"), said(1, at=datetime.now(UTC) + timedelta(hours=1))),
        (own("d3"), said(2)),
    )
    twin.until(lambda: twin.door.counters.acknowledged == 4)
    assert twin.one("SELECT count(*) FROM observation") == 1
    reasons = twin.store.read("SELECT reason, topic FROM reject ORDER BY reason").to_pylist()
    assert len(reasons) == 3 and any("no device" in row["reason"] for row in reasons)
    client.loop_stop()


def test_what_the_broker_remembers_is_no_sign_of_life(broker: Any, tmp_path: Path) -> None:
    client = broker.publisher()
    client.publish(own("d1"), said(1), qos=1, retain=True).wait_for_publish(WAIT_S)
    twin = listening(tmp_path / "home", broker.port)
    twin.until(lambda: twin.door.counters.retained == 1)
    publish(client, (own("d2"), said(2)))
    twin.until(lambda: twin.door.counters.acknowledged == 2)
    assert twin.one("SELECT device_id FROM device_now") == "d2"
    client.loop_stop()
    twin.close()


@pytest.mark.parametrize("version", ["3.1.1", "5"])
def test_what_was_sent_while_the_twin_was_away_or_the_broker_restarted_arrives_once(
    broker: Any, tmp_path: Path, version: Any
) -> None:
    home, client = tmp_path / "home", broker.publisher()
    twin = listening(home, broker.port, mqtt_version=version)
    twin.until(lambda: twin.door.connected_at is not None)
    publish(client, (own("d0"), said(0)))
    twin.until(lambda: twin.door.counters.acknowledged == 1)
    twin.close()
    publish(client, *((own("d1"), said(n)) for n in range(50)))
    client.loop_stop()
    broker.stop()
    broker.start()
    twin = listening(home, broker.port, mqtt_version=version)
    twin.until(lambda: twin.door.counters.acknowledged == 50)
    assert twin.one("SELECT count(*) FROM observation WHERE device_id = 'd1'") == 50
    sessions = twin.door.counters.sessions
    broker.stop()
    twin.until(lambda: twin.door.connected_at is None)
    broker.start()
    twin.until(lambda: twin.door.counters.sessions > sessions)
    client = broker.publisher()
    publish(client, (own("d2"), said(1)))
    twin.until(lambda: twin.one("SELECT count(*) FROM observation WHERE device_id = 'd2'") == 1)
    client.loop_stop()
    twin.close()


def test_a_commit_that_fails_is_not_acknowledged_and_is_sent_again(broker: Any, twin: Any) -> None:
    client = broker.publisher()
    # The file's own limit stands for a full disk: nothing can be written, then it can.
    write, twin.store.write = twin.store.write, lambda work: (_ for _ in ()).throw(OSError("disk full"))
    publish(client, *((own("d1"), said(n)) for n in range(5)))
    twin.until(lambda: twin.door.counters.failed > 0)
    twin.store.write = write
    twin.until(lambda: twin.one("SELECT count(*) FROM observation") == 5)
    twin.until(lambda: twin.door.report()["unacknowledged"] == 0)
    assert twin.one("SELECT count(*) FROM reject") == 0
    client.loop_stop()


def test_a_killed_consumer_loses_nothing_and_writes_nothing_twice(broker: Any, tmp_path: Path) -> None:
    home, client, sent = tmp_path / "home", broker.publisher(), 0
    first = listening(home, broker.port)
    first.until(lambda: first.door.connected_at is not None)
    first.close()
    began = datetime.now(UTC)
    for _ in range(3):
        words = [sys.executable, "-m", "tests.ingest_mqtt.consumer", str(home), str(broker.port)]
        consumer = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE)
        for _ in range(4):
            publish(client, *((own(f"d{n % 10}"), said(n, began)) for n in range(sent, sent + 200)))
            sent += 200
        committed(consumer)  # something was; most of it is under way
        consumer.kill()
        consumer.wait(WAIT_S)
    twin = listening(home, broker.port)
    twin.until(lambda: twin.one("SELECT count(*) FROM ingest_key") >= sent)
    twin.until(lambda: twin.door.report()["unacknowledged"] == 0)
    assert twin.one("SELECT count(*) FROM observation") == sent == 2_400
    assert twin.one("SELECT count(DISTINCT key) FROM ingest_key") == sent
    client.loop_stop()
    twin.close()


def test_broker_and_twin_killed_together_lose_nothing_of_what_the_twin_acknowledged(
    broker: Any, tmp_path: Path
) -> None:
    home, client, began = tmp_path / "home", broker.publisher(), datetime.now(UTC)
    first = listening(home, broker.port)
    first.until(lambda: first.door.connected_at is not None)
    first.close()
    words = [sys.executable, "-m", "tests.ingest_mqtt.consumer", str(home), str(broker.port)]
    consumer = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE)
    messages = [(own(f"d{n % 10}"), said(n, began)) for n in range(1_000)]
    for topic, payload in messages:
        client.publish(topic, payload, qos=1)
    acknowledged = committed(consumer)
    consumer.kill()
    broker.stop(kill=True)
    consumer.wait(WAIT_S)
    client.loop_stop()
    broker.start()
    twin = listening(home, broker.port)
    twin.until(lambda: twin.door.connected_at is not None)
    assert twin.one("SELECT count(*) FROM observation") >= acknowledged
    # What the broker had not saved is gone; a gateway that sends it again mends that and doubles nothing.
    client = broker.publisher()
    publish(client, *messages)
    twin.until(lambda: twin.one("SELECT count(DISTINCT key) FROM ingest_key") == 1_000)
    twin.until(lambda: twin.door.report()["unacknowledged"] == 0)
    assert twin.one("SELECT count(*) FROM observation") == 1_000
    client.loop_stop()
    twin.close()


def test_discovery_tells_of_topics_that_are_then_listened_to(broker: Any, tmp_path: Path) -> None:
    twin = listening(tmp_path / "home", broker.port, mqtt_topics="home_assistant")
    name = {"community12": CODE, "scheme": "ha", "external_id": "node-1", "device_id": "d4"}
    twin.store.write(lambda tx: tx.append("device_name", [name | {"provenance": "operator"}]))
    client = broker.publisher()
    config = {"stat_t": "flat/4/smoke", "dev_cla": "smoke", "uniq_id": "s4", "dev": {"ids": ["node-1"]}}
    topic, payload = "homeassistant/binary_sensor/s4/config", json.dumps(config)
    client.publish(topic, payload, qos=1, retain=True).wait_for_publish(WAIT_S)
    twin.until(lambda: twin.door.counters.acknowledged >= 1)
    for _ in range(3):
        publish(client, ("flat/4/smoke", b"ON"))
    twin.until(lambda: twin.store.read("FROM device_now").num_rows == 1)
    assert twin.one("SELECT device_id || state FROM device_now") == "d4alarm"
    twin.until(lambda: twin.door.report()["unacknowledged"] == 0)
    twin.close()
    # What is said while the twin is away comes before the broker has told again what was announced.
    publish(client, ("flat/4/smoke", b"OFF"))
    twin = listening(tmp_path / "home", broker.port, mqtt_topics="home_assistant")
    twin.until(lambda: twin.one("SELECT state FROM device_now") == "normal")
    assert twin.door.counters.foreign == 0 and twin.one("SELECT count(*) FROM reject") == 0
    client.loop_stop()
    twin.close()


def test_the_twin_says_who_it_is_and_says_so_when_it_is_not_let_in(broker: Any, tmp_path: Path) -> None:
    broker.stop()
    broker.anonymous = False
    words = ["mosquitto_passwd", "-b", "-c", str(broker.folder / "passwords"), "twin", "geheim"]
    subprocess.run(words, check=True)
    broker.start()
    secret = tmp_path / "password"
    secret.write_text("wrong\n")
    more = {"mqtt_username": "twin", "mqtt_password_file": secret}
    refused = listening(tmp_path / "home", broker.port, **more)
    refused.until(lambda: "refuse" in str(refused.door.report()["trouble"]))
    refused.close()
    secret.write_text("geheim\n")
    let_in = listening(tmp_path / "home", broker.port, **more)
    let_in.until(lambda: let_in.door.connected_at is not None)
    let_in.close()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"mqtt_url": "http://x"}, "mqtt_url"),
        ({"mqtt_url": "mqtt://u:p@x"}, "without a password"),
        ({"mqtt_url": "mqtt://x:99999"}, "mqtt_url"),
        ({"mqtt_topics": "nobodys"}, "zigbee2mqtt"),
        ({"mqtt_topics": "own="}, "mqtt_topics"),
        ({"mqtt_username": "twin", "mqtt_password_file": "/nowhere"}, "mqtt_password_file"),
    ],
)
def test_a_wrong_setting_is_told_at_the_start(change: dict[str, Any], word: str) -> None:
    with pytest.raises(SettingsError, match=word):
        broker_of(Settings(**({"mqtt_url": "mqtt://127.0.0.1"} | change)))


@pytest.mark.skipif(not shutil.which("mosquitto_pub"), reason="mosquitto_pub is not installed")
def test_the_mosquitto_pub_command_of_the_page_does_what_the_page_says(broker: Any, twin: Any) -> None:
    command = re.search(r"```sh\n(mosquitto_pub [^`]*)```", PAGE.read_text("utf-8"))
    assert command is not None
    text = command[1].replace("510108008003/510108008003", f"{CODE}/{CODE}").replace("sm-tuesday", "d5")
    words = shlex.split(
        text.replace("\\\n", " ").replace("$NOW", str(int(datetime.now().timestamp() * 1000)))
    )
    words[words.index("-p") + 1 : words.index("-p") + 2] = [str(broker.port)]
    subprocess.run(words, check=True, timeout=WAIT_S)
    twin.until(lambda: twin.store.read("FROM device_now").num_rows == 1)
    assert twin.one("SELECT device_id || ' ' || state FROM device_now") == "d5 normal"
    assert GRID
