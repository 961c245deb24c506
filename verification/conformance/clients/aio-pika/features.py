"""What aio-pika users do beyond the tutorials: confirms, mandatory, heartbeats, get, nack and reject, cancel, delays.

Usage: features.py FEATURE QUEUE   The broker is named by AMQP_URL. What happened is printed line by line.
"""

import asyncio
import os
import sys

from aio_pika import DeliveryMode, Message, connect
from aio_pika.exceptions import DeliveryError


def broker(query=""):
    return connect(os.environ["AMQP_URL"] + query)


async def confirms(queue_name):
    async with await broker() as connection:
        channel = await connection.channel(publisher_confirms=True)
        await channel.declare_queue(queue_name, durable=True)
        messages = (Message(str(n).encode(), delivery_mode=DeliveryMode.PERSISTENT) for n in range(100))
        await asyncio.gather(*(channel.default_exchange.publish(m, routing_key=queue_name) for m in messages))
        print("confirmed 100")
        queue = await channel.declare_queue(queue_name, passive=True)
        print("ready", queue.declaration_result.message_count)


async def mandatory(queue_name):
    async with await broker() as connection:
        channel = await connection.channel(on_return_raises=True)
        try:
            await channel.default_exchange.publish(Message(b"nobody home"), routing_key=queue_name, mandatory=True)
        except DeliveryError as error:
            returned = error.message
            print("returned", returned.delivery.reply_code, returned.delivery.reply_text, returned.body.decode())


async def heartbeats(queue_name):
    async with await broker("?heartbeat=1") as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(queue_name, exclusive=True)
        print("ready", flush=True)
        await asyncio.sleep(3.5)
        await channel.default_exchange.publish(Message(b"still here"), routing_key=queue_name)
        print((await queue.get(no_ack=True)).body.decode())


async def get(queue_name):
    async with await broker() as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(queue_name)
        print("empty", await queue.get(fail=False) is None)
        for body in (b"one", b"two"):
            await channel.default_exchange.publish(Message(body), routing_key=queue_name)
        for _ in range(2):
            message = await queue.get()
            print(message.body.decode(), "remaining", message.message_count)
            await message.ack()
        print("empty", await queue.get(fail=False) is None)


async def reject(queue_name):
    async with await broker() as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(queue_name)
        for body in (b"a", b"b", b"c"):
            await channel.default_exchange.publish(Message(body), routing_key=queue_name)
        await channel.set_qos(prefetch_count=1)
        async with queue.iterator() as messages:
            async for message in messages:
                print(message.body.decode(), "redelivered" if message.redelivered else "first")
                if message.body == b"a" and not message.redelivered:
                    await message.nack(requeue=True)
                elif message.body == b"b" and not message.redelivered:
                    await message.reject(requeue=True)
                elif message.body == b"c":
                    await message.reject(requeue=False)
                    break
                else:
                    await message.ack()
        queue = await channel.declare_queue(queue_name, passive=True)
        print("ready", queue.declaration_result.message_count)


async def cancel(queue_name):
    async with await broker() as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(queue_name)

        async def ignore(message):
            pass

        await queue.cancel(await queue.consume(ignore))
        print("cancelled by us")
        tag = await queue.consume(ignore)
        async with await broker() as other:
            await (await other.channel()).queue_delete(queue_name)
        # aio-pika tells nobody of a consumer that the broker cancels; the channel below it forgets the tag.
        while tag in channel.channel.consumers:
            await asyncio.sleep(0.01)
        print("cancelled by the broker")


async def delayed(queue_name):
    async with await broker() as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(queue_name, durable=True)
        exchange = await channel.declare_exchange(
            queue_name, "x-delayed-message", durable=True, arguments={"x-delayed-type": "direct"}
        )
        await queue.bind(exchange, queue_name)
        for body, headers in (("later", {"x-delay": 900}), ("soon", {"x-delay": 300}), ("now", None)):
            await exchange.publish(Message(body.encode(), headers=headers), queue_name)
        print("confirmed")
        async with queue.iterator(no_ack=True) as messages:
            async for message in messages:
                print(message.body.decode(), message.headers.get("x-delay", "undelayed"))
                if message.body == b"later":
                    break
        await exchange.delete()


async def stream(queue_name):
    async with await broker() as connection:
        channel = await connection.channel(publisher_confirms=True)
        queue = await channel.declare_queue(queue_name, durable=True, arguments={"x-queue-type": "stream"})
        for n in range(5):
            await channel.default_exchange.publish(Message(str(n).encode(), headers={"n": n}), queue_name)
        for offset, count in (("first", 5), (3, 2), ("1h", 5)):
            reading = await connection.channel()
            await reading.set_qos(prefetch_count=2)
            seen, done = [], asyncio.Event()

            async def take(message):
                seen.append(f"{message.body.decode()}@{message.headers['x-stream-offset']}")
                await message.ack()
                if len(seen) == count:
                    done.set()

            messages = await reading.get_queue(queue_name, ensure=False)
            await messages.consume(take, arguments={"x-stream-offset": offset})
            await done.wait()
            await reading.close()
            print(offset, *seen)


FEATURES = {f.__name__: f for f in (confirms, mandatory, heartbeats, get, reject, cancel, delayed, stream)}

if __name__ == "__main__":
    asyncio.run(FEATURES[sys.argv[1]](*sys.argv[2:]))
