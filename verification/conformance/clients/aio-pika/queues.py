"""What aio-pika users ask of their queues: lifetimes, retries by dead letters, priorities, orders, limits, one consumer.

Usage: queues.py FEATURE QUEUE   The broker is named by AMQP_URL; QUEUE.dead is used too. What happened is printed.
"""

import asyncio
import os
import sys
from datetime import timedelta

from aio_pika import DeliveryMode, Message, connect
from aio_pika.exceptions import DeliveryError


async def declare(channel, queue, dead_letters_to=None, **arguments):
    arguments = {name.replace("_", "-"): value for name, value in arguments.items()}
    if dead_letters_to is not None:
        arguments |= {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": dead_letters_to}
    return await channel.declare_queue(queue, durable=True, arguments=arguments)


async def publish(channel, queue, body, **properties):
    message = Message(body.encode(), delivery_mode=DeliveryMode.PERSISTENT, **properties)
    await channel.default_exchange.publish(message, routing_key=queue.name)


async def take(queue, count):
    """Gets so many messages, which are acknowledged by being sent."""
    taken = []
    async with queue.iterator(no_ack=True) as messages:
        async for message in messages:
            taken.append((message.body.decode(), message.headers))
            if len(taken) == count:
                break
    return taken


def deaths(headers):
    return ",".join(f"{text(death['reason'])}:{death['count']}" for death in headers.get("x-death", [])) or "alive"


def text(value):
    """Some versions hand out bytes."""
    return value.decode() if isinstance(value, bytes) else value


async def lifetimes(channel, name):
    dead = await declare(channel, name + ".dead")
    queue = await declare(channel, name, name + ".dead", x_message_ttl=300)
    await publish(channel, queue, "soon", expiration=timedelta(milliseconds=1))
    await publish(channel, queue, "late")
    for body, headers in await take(dead, 2):
        death = headers["x-death"][0]
        print(body, deaths(headers), text(death["queue"]) == name, text(death.get("original-expiration")))


async def retries(channel, name):
    await declare(channel, name + ".dead", name, x_message_ttl=50)
    queue = await declare(channel, name, name + ".dead")
    await publish(channel, queue, "again")
    async with queue.iterator() as messages:
        async for message in messages:
            headers = message.headers
            print(message.body.decode(), deaths(headers), text(headers.get("x-first-death-reason")))
            if len(headers.get("x-death", [])) == 2 and headers["x-death"][1]["count"] == 2:
                await message.ack()
                break
            await message.reject(requeue=False)


async def priorities(channel, name):
    queue = await declare(channel, name, x_max_priority=9)
    for priority in (1, 9, None, 5, 200):
        await publish(channel, queue, str(priority), priority=priority)
    print(*[body for body, headers in await take(queue, 5)])


async def newest_first(channel, name):
    queue = await declare(channel, name, x_delivery_order="lifo")
    for body in ("a", "b", "c"):
        await publish(channel, queue, body)
    print(*[body for body, headers in await take(queue, 3)])


async def single_active(channel, name):
    queue = await declare(channel, name, x_single_active_consumer=True)
    seen = asyncio.Queue()

    def consumer(who):
        async def hear(message):
            await seen.put(f"{who} {message.body.decode()}")

        return hear

    first = await queue.consume(consumer("first"), no_ack=True)
    await queue.consume(consumer("second"), no_ack=True)
    for body in ("a", "b"):
        await publish(channel, queue, body)
        print(await seen.get())
    await queue.cancel(first)
    await publish(channel, queue, "c")
    print(await seen.get())


async def limits(channel, name):
    dropping = await declare(channel, name + ".dead", x_max_length=2)
    refusing = await declare(channel, name, x_max_length=2, x_overflow="reject-publish")
    for body in ("a", "b", "c", "d"):
        await publish(channel, dropping, body)
        try:
            await publish(channel, refusing, body)
            print(body, "confirmed")
        except DeliveryError:
            print(body, "refused")
    for queue in (refusing, dropping):
        print(*[body for body, headers in await take(queue, 2)])


async def delivery_limit(channel, name):
    dead = await declare(channel, name + ".dead")
    queue = await declare(channel, name, name + ".dead", x_queue_type="quorum", x_delivery_limit=2)
    await publish(channel, queue, "poison")
    async with queue.iterator() as messages:
        async for message in messages:
            count = message.headers.get("x-delivery-count", 0)
            print(message.body.decode(), "came back", count, message.redelivered)
            await message.reject(requeue=True)
            if count == 2:
                break
    for body, headers in await take(dead, 1):
        print(body, deaths(headers))


async def main(feature, name):
    async with await connect(os.environ["AMQP_URL"]) as connection:
        await globals()[feature](await connection.channel(publisher_confirms=True), name)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
