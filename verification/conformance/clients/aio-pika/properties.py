"""Every property and every kind of header aio-pika can say, published or consumed: properties.py publish|consume QUEUE.

Both print the message in one canonical line of JSON, so that what arrived can be compared with what was sent.
"""

import asyncio
import datetime
import json
import os
import sys

from aio_pika import DeliveryMode, Message, connect

SENT = Message(
    b"a body",
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
    delivery_mode=DeliveryMode.PERSISTENT,
    priority=7,
    correlation_id="correlation",
    reply_to="reply",
    expiration=60,
    message_id="message",
    timestamp=1_700_000_001,
    type="type",
    user_id="guest",
    app_id="app",
)


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


def show(message):
    print(json.dumps({
        "content_type": message.content_type,
        "content_encoding": message.content_encoding,
        "delivery_mode": int(message.delivery_mode),
        "priority": message.priority,
        "correlation_id": message.correlation_id,
        "reply_to": message.reply_to,
        "expiration": str(int(message.expiration * 1000)),
        "message_id": message.message_id,
        "timestamp": int(message.timestamp.timestamp()),
        "type": message.type,
        "user_id": message.user_id,
        "app_id": message.app_id,
        "headers": canonical(dict(message.headers)),
        "body": message.body.decode(),
    }, sort_keys=True, ensure_ascii=False, separators=(",", ":")))


async def main(role, queue_name):
    async with await connect(os.environ["AMQP_URL"]) as connection:
        channel = await connection.channel()
        if role == "publish":
            await channel.default_exchange.publish(SENT, routing_key=queue_name)
            show(SENT)
        else:
            queue = await channel.get_queue(queue_name, ensure=False)
            show(await queue.get(no_ack=True))


asyncio.run(main(*sys.argv[1:]))
