"""What pika users ask of their queues: lifetimes, retries by dead letters, priorities, orders, limits, one consumer.

Usage: queues.py FEATURE QUEUE   The broker is named by AMQP_URL; QUEUE.dead is used too. What happened is printed.
"""

import os
import sys

import pika


def connect():
    return pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))


def declare(channel, queue, dead_letters_to=None, **arguments):
    arguments = {name.replace("_", "-"): value for name, value in arguments.items()}
    if dead_letters_to is not None:
        arguments |= {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": dead_letters_to}
    channel.queue_declare(queue=queue, durable=True, arguments=arguments)


def publish(channel, queue, body, **properties):
    channel.basic_publish("", queue, body, pika.BasicProperties(delivery_mode=2, **properties))


def take(channel, queue, count):
    """Gets so many messages, which are acknowledged by being sent."""
    for method, properties, body in channel.consume(queue, auto_ack=True):
        yield body.decode(), properties.headers or {}
        count -= 1
        if count == 0:
            break
    channel.cancel()


def deaths(headers):
    return ",".join(f"{death['reason']}:{death['count']}" for death in headers.get("x-death", [])) or "alive"


def lifetimes(queue):
    with connect() as connection:
        channel = connection.channel()
        declare(channel, queue + ".dead")
        declare(channel, queue, queue + ".dead", x_message_ttl=300)
        publish(channel, queue, "soon", expiration="1")
        publish(channel, queue, "late")
        for body, headers in take(channel, queue + ".dead", 2):
            death = headers["x-death"][0]
            print(body, deaths(headers), death["queue"] == queue, death.get("original-expiration"))


def retries(queue):
    with connect() as connection:
        channel = connection.channel()
        declare(channel, queue + ".dead", queue, x_message_ttl=50)
        declare(channel, queue, queue + ".dead")
        publish(channel, queue, "again")
        for method, properties, body in channel.consume(queue):
            headers = properties.headers or {}
            print(body.decode(), deaths(headers), headers.get("x-first-death-reason"))
            if len(headers.get("x-death", [])) == 2 and headers["x-death"][1]["count"] == 2:
                channel.basic_ack(method.delivery_tag)
                break
            channel.basic_reject(method.delivery_tag, requeue=False)
        channel.cancel()


def priorities(queue):
    with connect() as connection:
        channel = connection.channel()
        declare(channel, queue, x_max_priority=9)
        channel.confirm_delivery()
        for priority in (1, 9, None, 5, 200):
            publish(channel, queue, str(priority), priority=priority)
        print(*[body for body, headers in take(channel, queue, 5)])


def newest_first(queue):
    with connect() as connection:
        channel = connection.channel()
        declare(channel, queue, x_delivery_order="lifo")
        channel.confirm_delivery()
        for body in ("a", "b", "c"):
            publish(channel, queue, body)
        print(*[body for body, headers in take(channel, queue, 3)])


def single_active(queue):
    with connect() as connection:
        channel = connection.channel()
        declare(channel, queue, x_single_active_consumer=True)
        seen = []

        def consumer(name):
            return lambda ch, method, properties, body: seen.append(f"{name} {body.decode()}")

        first = channel.basic_consume(queue, consumer("first"), auto_ack=True)
        channel.basic_consume(queue, consumer("second"), auto_ack=True)
        for body in ("a", "b"):
            publish(channel, queue, body)
        while len(seen) < 2:
            connection.process_data_events(1)
        channel.basic_cancel(first)
        publish(channel, queue, "c")
        while len(seen) < 3:
            connection.process_data_events(1)
        print(*seen, sep="\n")


def limits(queue):
    with connect() as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        declare(channel, queue + ".dead", x_max_length=2)
        declare(channel, queue, x_max_length=2, x_overflow="reject-publish")
        for body in ("a", "b", "c", "d"):
            publish(channel, queue + ".dead", body)
            try:
                publish(channel, queue, body)
                print(body, "confirmed")
            except pika.exceptions.NackError:
                print(body, "refused")
        for name in (queue, queue + ".dead"):
            print(*[body for body, headers in take(channel, name, 2)])


def delivery_limit(queue):
    with connect() as connection:
        channel = connection.channel()
        declare(channel, queue + ".dead")
        declare(channel, queue, queue + ".dead", x_queue_type="quorum", x_delivery_limit=2)
        publish(channel, queue, "poison")
        for method, properties, body in channel.consume(queue):
            count = (properties.headers or {}).get("x-delivery-count", 0)
            print(body.decode(), "came back", count, method.redelivered)
            channel.basic_reject(method.delivery_tag, requeue=True)
            if count == 2:
                break
        channel.cancel()
        for body, headers in take(channel, queue + ".dead", 1):
            print(body, deaths(headers))


if __name__ == "__main__":
    globals()[sys.argv[1]](sys.argv[2])
