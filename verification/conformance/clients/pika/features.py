"""What pika users do beyond the tutorials: confirms, mandatory, heartbeats, get, nack and reject, cancel, delays.

Usage: features.py FEATURE QUEUE   The broker is named by AMQP_URL. What happened is printed line by line.
"""

import os
import ssl
import sys

import pika


def connect(**settings):
    parameters = pika.URLParameters(os.environ["AMQP_URL"])
    for name, value in settings.items():
        setattr(parameters, name, value)
    return pika.BlockingConnection(parameters)


def confirms(queue):
    with connect() as connection:
        channel = connection.channel()
        channel.queue_declare(queue=queue, durable=True)
        channel.confirm_delivery()
        for n in range(100):
            channel.basic_publish("", queue, str(n), pika.BasicProperties(delivery_mode=2))
        print("confirmed 100")
        print("ready", channel.queue_declare(queue=queue, passive=True).method.message_count)


def mandatory(queue):
    with connect() as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        try:
            channel.basic_publish("", queue, "nobody home", mandatory=True)
        except pika.exceptions.UnroutableError as error:
            returned = error.messages[0]
            print("returned", returned.method.reply_code, returned.method.reply_text, returned.body.decode())


def heartbeats(queue):
    with connect(heartbeat=1) as connection:
        channel = connection.channel()
        channel.queue_declare(queue=queue, exclusive=True)
        print("ready", flush=True)
        connection.sleep(3.5)
        channel.basic_publish("", queue, "still here")
        print(channel.basic_get(queue, auto_ack=True)[2].decode())


def get(queue):
    with connect() as connection:
        channel = connection.channel()
        channel.queue_declare(queue=queue)
        print("empty", channel.basic_get(queue)[0] is None)
        for body in ("one", "two"):
            channel.basic_publish("", queue, body)
        for _ in range(2):
            method, properties, body = channel.basic_get(queue)
            print(body.decode(), "remaining", method.message_count)
            channel.basic_ack(method.delivery_tag)
        print("empty", channel.basic_get(queue)[0] is None)


def reject(queue):
    with connect() as connection:
        channel = connection.channel()
        channel.queue_declare(queue=queue)
        for body in ("a", "b", "c"):
            channel.basic_publish("", queue, body)
        channel.basic_qos(prefetch_count=1)
        for method, properties, body in channel.consume(queue):
            print(body.decode(), "redelivered" if method.redelivered else "first")
            if body == b"a" and not method.redelivered:
                channel.basic_nack(method.delivery_tag, requeue=True)
            elif body == b"b" and not method.redelivered:
                channel.basic_reject(method.delivery_tag, requeue=True)
            elif body == b"c":
                channel.basic_reject(method.delivery_tag, requeue=False)
                break
            else:
                channel.basic_ack(method.delivery_tag)
        channel.cancel()
        print("ready", channel.queue_declare(queue=queue, passive=True).method.message_count)


def cancel(queue):
    with connect() as connection:
        channel = connection.channel()
        channel.queue_declare(queue=queue)
        tag = channel.basic_consume(queue, lambda *delivery: None)
        channel.basic_cancel(tag)
        print("cancelled by us")
        channel.add_on_cancel_callback(lambda frame: print("cancelled by the broker"))
        channel.basic_consume(queue, lambda *delivery: None)
        with connect() as other:
            other.channel().queue_delete(queue)
        channel.start_consuming()


def delayed(queue):
    with connect() as connection:
        channel = connection.channel()
        channel.queue_declare(queue=queue, durable=True)
        channel.exchange_declare(queue, "x-delayed-message", durable=True, arguments={"x-delayed-type": "direct"})
        channel.queue_bind(queue, queue)
        channel.confirm_delivery()
        for body, headers in (("later", {"x-delay": 900}), ("soon", {"x-delay": 300}), ("now", None)):
            channel.basic_publish(queue, queue, body, pika.BasicProperties(delivery_mode=2, headers=headers))
        print("confirmed")
        for method, properties, body in channel.consume(queue, auto_ack=True):
            print(body.decode(), (properties.headers or {}).get("x-delay", "undelayed"))
            if body == b"later":
                break
        channel.cancel()
        channel.exchange_delete(queue)


def stream(queue):
    with connect() as connection:
        channel = connection.channel()
        channel.queue_declare(queue=queue, durable=True, arguments={"x-queue-type": "stream"})
        channel.confirm_delivery()
        for n in range(5):
            channel.basic_publish("", queue, str(n), pika.BasicProperties(headers={"n": n}))
        channel.basic_qos(prefetch_count=2)
        for offset, count in (("first", 5), (3, 2), ("1h", 5)):
            seen = []
            for method, properties, body in channel.consume(queue, arguments={"x-stream-offset": offset}):
                seen.append(f"{body.decode()}@{properties.headers['x-stream-offset']}")
                channel.basic_ack(method.delivery_tag)
                if len(seen) == count:
                    break
            channel.cancel()
            print(offset, *seen)


def direct_reply(queue):
    reply_to = "amq.rabbitmq.reply-to"
    with connect() as connection, connect() as other:
        channel = connection.channel()
        channel.queue_declare(queue=reply_to, passive=True)
        print("probed")

        def answered(ch, method, properties, body):
            print("answered", body.decode())
            ch.stop_consuming()

        channel.basic_consume(reply_to, answered, auto_ack=True)
        channel.basic_publish("", queue, "ping", pika.BasicProperties(reply_to=reply_to, correlation_id="1"))
        responder = other.channel()
        for method, properties, body in responder.consume(queue, auto_ack=True, inactivity_timeout=20):
            print("asked", body.decode())
            responder.basic_publish("", properties.reply_to, "pong")
            break
        responder.cancel()
        channel.start_consuming()


def encrypted(port, authority, certificate, key):
    context = ssl.create_default_context(cafile=authority)
    context.load_cert_chain(certificate, key)
    parameters = pika.ConnectionParameters(
        "localhost",
        int(port),
        credentials=pika.credentials.ExternalCredentials(),
        ssl_options=pika.SSLOptions(context, "localhost"),
    )
    with pika.BlockingConnection(parameters) as connection:
        print(connection._impl._transport._sock.version())
        channel = connection.channel()
        queue = channel.queue_declare(queue="", exclusive=True).method.queue
        channel.basic_publish("", queue, "over TLS")
        print("got", channel.basic_get(queue, auto_ack=True)[2].decode())


FEATURES = {
    f.__name__: f
    for f in (confirms, mandatory, heartbeats, get, reject, cancel, delayed, direct_reply, encrypted, stream)
}

if __name__ == "__main__":
    FEATURES[sys.argv[1]](*sys.argv[2:])
