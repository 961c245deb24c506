"""Every property and every kind of header pika can say, published or consumed: properties.py publish|consume QUEUE.

Both print the message in one canonical line of JSON, so that what arrived can be compared with what was sent.
"""

import datetime
import json
import os
import sys

import pika

SENT = pika.BasicProperties(
    content_type="text/plain",
    content_encoding="identity",
    headers={
        "string": "grüße",
        "bytes": b"\x00\xff\x7f",
        "true": True,
        "false": False,
        "int": -70_000,
        "long": 5_000_000_000,
        "time": datetime.datetime.fromtimestamp(1_700_000_000, datetime.timezone.utc),
        "void": None,
        "list": ["a", 1, ["b", None]],
        "table": {"inner": {"deep": "down"}, "empty": {}},
    },
    delivery_mode=2,
    priority=7,
    correlation_id="correlation",
    reply_to="reply",
    expiration="60000",
    message_id="message",
    timestamp=1_700_000_001,
    type="type",
    user_id="guest",
    app_id="app",
)
NAMES = (
    "content_type content_encoding delivery_mode priority correlation_id "
    "reply_to expiration message_id timestamp type user_id app_id"
).split()


def canonical(value):
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (bytes, bytearray)):
        return "bytes " + value.hex()
    if isinstance(value, datetime.datetime):
        return f"time {int(value.replace(tzinfo=datetime.timezone.utc).timestamp())}"
    if isinstance(value, dict):
        return {key: canonical(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [canonical(inner) for inner in value]
    return f"int {value}"


def show(properties, body):
    message = {name: getattr(properties, name) for name in NAMES}
    message["headers"] = canonical(properties.headers)
    message["body"] = body.decode()
    print(json.dumps(message, sort_keys=True, ensure_ascii=False, separators=(",", ":")))


def publish(channel, queue):
    channel.basic_publish("", queue, "a body", SENT)
    show(SENT, b"a body")


def consume(channel, queue):
    method, properties, body = channel.basic_get(queue, auto_ack=True)
    show(properties, body)


with pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"])) as connection:
    {"publish": publish, "consume": consume}[sys.argv[1]](connection.channel(), sys.argv[2])
