"""What users of kombu do: simple queues, consumers that ack, requeue and reject, confirms, priorities, mailboxes.

Usage: features.py FEATURE NAME   The broker is named by AMQP_URL. What happened is printed line by line.
"""

import os
import socket
import sys

from kombu import Connection, Consumer, Exchange, Producer, Queue
from kombu.pidbox import Mailbox


def connect(**settings):
    return Connection(os.environ["AMQP_URL"], **settings)


def drain(connection, done):
    while not done():
        connection.drain_events(timeout=20)


def simple(name):
    with connect(transport_options={"confirm_publish": True}) as connection:
        queue = connection.SimpleQueue(name)
        for n in range(3):
            queue.put({"n": n})
        print("size", queue.qsize())
        for _ in range(3):
            message = queue.get(timeout=20)
            print(message.payload)
            message.ack()
        try:
            queue.get(block=False)
        except queue.Empty:
            print("empty")
        queue.close()


def settle(name):
    exchange = Exchange(name, type="topic")
    queue = Queue(name, exchange, routing_key="*.red")
    seen = []

    def take(body, message):
        again = message.delivery_info["redelivered"]
        seen.append((body, again))
        if body == "twice" and not again:
            message.requeue()
        elif body == "never":
            message.reject()
        else:
            message.ack()

    with connect(transport_options={"confirm_publish": True}) as connection:
        producer = Producer(connection)
        for body in ("twice", "never", "once"):
            producer.publish(body, exchange=exchange, routing_key="a.red", declare=[queue], retry=True)
        with Consumer(connection, queue, callbacks=[take], prefetch_count=1):
            drain(connection, lambda: len(seen) == 4)
        print(*seen, sep="\n")
        print("ready", queue(connection.default_channel).queue_declare(passive=True).message_count)
        queue(connection.default_channel).delete()
        exchange(connection.default_channel).delete()


def lifetimes(name):
    with connect() as connection:
        channel = connection.default_channel
        dead = Queue(name + ".dead")(channel)
        dead.declare()
        queue = Queue(
            name,
            message_ttl=0.1,
            expires=60,
            max_length=10,
            queue_arguments={"x-dead-letter-exchange": "", "x-dead-letter-routing-key": name + ".dead"},
        )(channel)
        queue.declare()
        Producer(channel).publish("late", routing_key=name)
        seen = []
        with Consumer(channel, dead, on_message=seen.append, no_ack=True):
            drain(connection, lambda: seen)
        death = seen[0].headers["x-death"][0]
        print(seen[0].payload, death["reason"], death["queue"] == name, death["count"])
        queue.delete()
        dead.delete()


def priorities(name):
    with connect() as connection:
        queue = Queue(name, max_priority=9)(connection.default_channel)
        queue.declare()
        producer = Producer(connection)
        for priority in (1, 9, 5):
            producer.publish(str(priority), routing_key=name, priority=priority)
        print([queue.get(no_ack=True).payload for _ in range(3)])
        queue.delete()


def mailbox(name):
    """Calls that all nodes hear, and answer to a queue of the caller: what Celery's remote control is made of."""
    with connect() as connection, connect() as elsewhere:
        box = Mailbox(name, type="fanout")
        node = box(elsewhere).Node("node", state=None)
        node.handlers["double"] = lambda state, n: 2 * n
        with node.listen(channel=elsewhere.default_channel):
            caller = box(connection)
            ticket = []

            def call():
                with connect() as third:
                    ticket.append(box(third).call(["node"], "double", {"n": 21}, timeout=20))

            import threading

            thread = threading.Thread(target=call)
            thread.start()
            while thread.is_alive():
                try:
                    elsewhere.drain_events(timeout=0.1)
                except socket.timeout:
                    pass
            print(ticket[0])


if __name__ == "__main__":
    globals()[sys.argv[1]](sys.argv[2])
