"""The six RabbitMQ tutorials as an aio-pika user writes them.

Usage: tutorials.py ROLE ARGUMENT...   The broker is named by AMQP_URL. A receiver prints `ready` once it consumes.
"""

import asyncio
import os
import sys
import uuid

from aio_pika import DeliveryMode, ExchangeType, Message, connect


def broker():
    return connect(os.environ["AMQP_URL"])


async def consume(queue, count, no_ack=False, show=lambda message: message.body.decode()):
    remaining = int(count)
    async with queue.iterator(no_ack=no_ack) as messages:
        print("ready", flush=True)
        async for message in messages:
            print(show(message), flush=True)
            if not no_ack:
                await message.ack()
            remaining -= 1
            if remaining == 0:
                break


# 1. Hello World
async def send(queue_name, *bodies):
    async with await broker() as connection:
        channel = await connection.channel()
        await channel.declare_queue(queue_name)
        for body in bodies:
            await channel.default_exchange.publish(Message(body.encode()), routing_key=queue_name)
            print("sent", body)


async def receive(queue_name, count):
    async with await broker() as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(queue_name)
        await consume(queue, count, no_ack=True)


# 2. Work queues
async def new_task(queue_name, *bodies):
    async with await broker() as connection:
        channel = await connection.channel()
        await channel.declare_queue(queue_name, durable=True)
        for body in bodies:
            message = Message(body.encode(), delivery_mode=DeliveryMode.PERSISTENT)
            await channel.default_exchange.publish(message, routing_key=queue_name)
            print("sent", body)


async def worker(queue_name, count):
    async with await broker() as connection:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=1)
        queue = await channel.declare_queue(queue_name, durable=True)
        await consume(queue, count)


# 3. Publish/subscribe
async def emit_log(exchange_name, *bodies):
    async with await broker() as connection:
        channel = await connection.channel()
        exchange = await channel.declare_exchange(exchange_name, ExchangeType.FANOUT)
        for body in bodies:
            await exchange.publish(Message(body.encode()), routing_key="")
            print("sent", body)


async def receive_logs(exchange_name, count):
    async with await broker() as connection:
        channel = await connection.channel()
        exchange = await channel.declare_exchange(exchange_name, ExchangeType.FANOUT)
        queue = await channel.declare_queue(exclusive=True)
        await queue.bind(exchange)
        await consume(queue, count)


# 4. Routing and 5. Topics: the same programs over another type of exchange
def emit_log_to(exchange_type):
    async def emit(exchange_name, *keys):
        async with await broker() as connection:
            channel = await connection.channel()
            exchange = await channel.declare_exchange(exchange_name, exchange_type)
            for key in keys:
                await exchange.publish(Message(b"about " + key.encode()), routing_key=key)
                print("sent", key)

    return emit


def receive_logs_from(exchange_type):
    async def receive_bound(exchange_name, count, *keys):
        async with await broker() as connection:
            channel = await connection.channel()
            exchange = await channel.declare_exchange(exchange_name, exchange_type)
            queue = await channel.declare_queue(exclusive=True)
            for key in keys:
                await queue.bind(exchange, routing_key=key)
            await consume(queue, count, show=lambda message: f"{message.routing_key}: {message.body.decode()}")

    return receive_bound


# 6. RPC
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


async def rpc_server(queue_name, count):
    async with await broker() as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(queue_name)
        remaining = int(count)
        async with queue.iterator() as requests:
            print("ready", flush=True)
            async for request in requests:
                async with request.process():
                    await channel.default_exchange.publish(
                        Message(str(fib(int(request.body))).encode(), correlation_id=request.correlation_id),
                        routing_key=request.reply_to,
                    )
                remaining -= 1
                if remaining == 0:
                    break


async def rpc_client(queue_name, *numbers):
    async with await broker() as connection:
        channel = await connection.channel()
        callback_queue = await channel.declare_queue(exclusive=True)
        futures = {}

        async def on_answer(answer):
            futures.pop(answer.correlation_id).set_result(answer.body)

        await callback_queue.consume(on_answer, no_ack=True)
        for n in numbers:
            correlation_id = str(uuid.uuid4())
            future = futures[correlation_id] = asyncio.get_running_loop().create_future()
            await channel.default_exchange.publish(
                Message(n.encode(), correlation_id=correlation_id, reply_to=callback_queue.name),
                routing_key=queue_name,
            )
            print(f"fib({n}) = {(await future).decode()}")


ROLES = {
    "send": send,
    "receive": receive,
    "new_task": new_task,
    "worker": worker,
    "emit_log": emit_log,
    "receive_logs": receive_logs,
    "emit_log_direct": emit_log_to(ExchangeType.DIRECT),
    "receive_logs_direct": receive_logs_from(ExchangeType.DIRECT),
    "emit_log_topic": emit_log_to(ExchangeType.TOPIC),
    "receive_logs_topic": receive_logs_from(ExchangeType.TOPIC),
    "rpc_server": rpc_server,
    "rpc_client": rpc_client,
}

if __name__ == "__main__":
    asyncio.run(ROLES[sys.argv[1]](*sys.argv[2:]))
