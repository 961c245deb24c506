"""The six RabbitMQ tutorials as a pika user writes them.

Usage: tutorials.py ROLE ARGUMENT...   The broker is named by AMQP_URL. A receiver prints `ready` once it consumes.
"""

import os
import sys
import uuid

import pika


def connect():
    return pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))


def consume(channel, queue, count, auto_ack=True, show=lambda method, body: body.decode()):
    remaining = int(count)

    def on_message(ch, method, properties, body):
        nonlocal remaining
        print(show(method, body), flush=True)
        if not auto_ack:
            ch.basic_ack(delivery_tag=method.delivery_tag)
        remaining -= 1
        if remaining == 0:
            ch.stop_consuming()

    channel.basic_consume(queue=queue, on_message_callback=on_message, auto_ack=auto_ack)
    print("ready", flush=True)
    channel.start_consuming()


# 1. Hello World
def send(queue, *bodies):
    with connect() as connection:
        channel = connection.channel()
        channel.queue_declare(queue=queue)
        for body in bodies:
            channel.basic_publish(exchange="", routing_key=queue, body=body)
            print("sent", body)


def receive(queue, count):
    with connect() as connection:
        channel = connection.channel()
        channel.queue_declare(queue=queue)
        consume(channel, queue, count)


# 2. Work queues
def new_task(queue, *bodies):
    with connect() as connection:
        channel = connection.channel()
        channel.queue_declare(queue=queue, durable=True)
        for body in bodies:
            channel.basic_publish(
                exchange="",
                routing_key=queue,
                body=body,
                properties=pika.BasicProperties(delivery_mode=pika.spec.PERSISTENT_DELIVERY_MODE),
            )
            print("sent", body)


def worker(queue, count):
    with connect() as connection:
        channel = connection.channel()
        channel.queue_declare(queue=queue, durable=True)
        channel.basic_qos(prefetch_count=1)
        consume(channel, queue, count, auto_ack=False)


# 3. Publish/subscribe
def emit_log(exchange, *bodies):
    with connect() as connection:
        channel = connection.channel()
        channel.exchange_declare(exchange=exchange, exchange_type="fanout")
        for body in bodies:
            channel.basic_publish(exchange=exchange, routing_key="", body=body)
            print("sent", body)


def receive_logs(exchange, count):
    with connect() as connection:
        channel = connection.channel()
        channel.exchange_declare(exchange=exchange, exchange_type="fanout")
        queue = channel.queue_declare(queue="", exclusive=True).method.queue
        channel.queue_bind(exchange=exchange, queue=queue)
        consume(channel, queue, count)


# 4. Routing and 5. Topics: the same programs over another type of exchange
def emit_log_to(exchange_type):
    def emit(exchange, *keys):
        with connect() as connection:
            channel = connection.channel()
            channel.exchange_declare(exchange=exchange, exchange_type=exchange_type)
            for key in keys:
                channel.basic_publish(exchange=exchange, routing_key=key, body="about " + key)
                print("sent", key)

    return emit


def receive_logs_from(exchange_type):
    def receive_bound(exchange, count, *keys):
        with connect() as connection:
            channel = connection.channel()
            channel.exchange_declare(exchange=exchange, exchange_type=exchange_type)
            queue = channel.queue_declare(queue="", exclusive=True).method.queue
            for key in keys:
                channel.queue_bind(exchange=exchange, queue=queue, routing_key=key)
            consume(channel, queue, count, show=lambda method, body: f"{method.routing_key}: {body.decode()}")

    return receive_bound


# 6. RPC
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def rpc_server(queue, count):
    with connect() as connection:
        channel = connection.channel()
        channel.queue_declare(queue=queue)
        channel.basic_qos(prefetch_count=1)
        remaining = int(count)

        def on_request(ch, method, properties, body):
            nonlocal remaining
            ch.basic_publish(
                exchange="",
                routing_key=properties.reply_to,
                properties=pika.BasicProperties(correlation_id=properties.correlation_id),
                body=str(fib(int(body))),
            )
            ch.basic_ack(delivery_tag=method.delivery_tag)
            remaining -= 1
            if remaining == 0:
                ch.stop_consuming()

        channel.basic_consume(queue=queue, on_message_callback=on_request)
        print("ready", flush=True)
        channel.start_consuming()


def rpc_client(queue, *numbers):
    with connect() as connection:
        channel = connection.channel()
        callback_queue = channel.queue_declare(queue="", exclusive=True).method.queue
        answers = {}
        channel.basic_consume(
            queue=callback_queue,
            on_message_callback=lambda ch, method, properties, body: answers.update({properties.correlation_id: body}),
            auto_ack=True,
        )
        for n in numbers:
            correlation_id = str(uuid.uuid4())
            channel.basic_publish(
                exchange="",
                routing_key=queue,
                properties=pika.BasicProperties(reply_to=callback_queue, correlation_id=correlation_id),
                body=n,
            )
            while correlation_id not in answers:
                connection.process_data_events(time_limit=None)
            print(f"fib({n}) = {answers[correlation_id].decode()}")


ROLES = {
    "send": send,
    "receive": receive,
    "new_task": new_task,
    "worker": worker,
    "emit_log": emit_log,
    "receive_logs": receive_logs,
    "emit_log_direct": emit_log_to("direct"),
    "receive_logs_direct": receive_logs_from("direct"),
    "emit_log_topic": emit_log_to("topic"),
    "receive_logs_topic": receive_logs_from("topic"),
    "rpc_server": rpc_server,
    "rpc_client": rpc_client,
}

if __name__ == "__main__":
    ROLES[sys.argv[1]](*sys.argv[2:])
