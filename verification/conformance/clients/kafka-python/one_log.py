"""One name, one log, with kafka-python and pika in one program: one_log.py FEATURE NAME. KAFKA and AMQP name the broker."""
import os
import sys

import pika
from kafka import KafkaConsumer, KafkaProducer

KAFKA = os.environ["KAFKA"]
AMQP = os.environ["AMQP"]


def pika_takes(name, count):
    with pika.BlockingConnection(pika.URLParameters(AMQP)) as connection:
        channel = connection.channel()
        channel.queue_declare(name, durable=True)
        for method, properties, body in channel.consume(name, inactivity_timeout=60):
            headers = properties.headers or {}
            print("pika", headers.get("x-partition-key"), body.decode(), headers.get("h"))
            channel.basic_ack(method.delivery_tag)
            count -= 1
            if count == 0:
                break
        channel.cancel()


def kafka_reads(name, count):
    consumer = KafkaConsumer(name, bootstrap_servers=KAFKA, auto_offset_reset="earliest", consumer_timeout_ms=60000)
    for record in consumer:
        headers = {key: value.decode() for key, value in record.headers if key in ("h", "content-type")}
        print("kafka", record.offset, record.key and record.key.decode(), record.value.decode(), headers)
        count -= 1
        if count == 0:
            break
    consumer.close()


def produced(name):
    """kafka-python produces, pika consumes."""
    producer = KafkaProducer(bootstrap_servers=KAFKA, compression_type="gzip")
    for n in range(3):
        producer.send(name, key=b"k%d" % n, value=b"v%d" % n, headers=[("h", b"x")])
    producer.flush()
    pika_takes(name, 3)


def published(name):
    """pika publishes to a queue, kafka-python reads it."""
    with pika.BlockingConnection(pika.URLParameters(AMQP)) as connection:
        channel = connection.channel()
        channel.queue_declare(name, durable=True)
        channel.confirm_delivery()
        for n in range(3):
            properties = pika.BasicProperties(
                delivery_mode=2, content_type="text/plain", headers={"x-partition-key": "k%d" % n, "h": "x"})
            channel.basic_publish("", name, b"v%d" % n, properties)
    kafka_reads(name, 3)


def properties(name):
    """What pika is told of records, and kafka-python of what pika has published."""
    with pika.BlockingConnection(pika.URLParameters(AMQP)) as connection:
        channel = connection.channel()
        for _, told, body in channel.consume(name, inactivity_timeout=60):
            print("pika", body.decode(), told.message_id, told.priority, told.expiration, told.timestamp is not None)
            channel.basic_ack(_.delivery_tag)
            if body == b"last":
                break
        channel.cancel()
        published = pika.BasicProperties(delivery_mode=2, priority=7, expiration="600000", timestamp=1700000000)
        channel.basic_publish("", name, b"by pika", published)
    consumer = KafkaConsumer(name, bootstrap_servers=KAFKA, auto_offset_reset="earliest", consumer_timeout_ms=60000)
    for record in consumer:
        if record.value == b"by pika":
            headers = dict(record.headers)
            print("kafka", headers["priority"].decode(), len(headers["expires"]), record.timestamp)
            break
    consumer.close()


if __name__ == "__main__":
    globals()[sys.argv[1]](sys.argv[2])
