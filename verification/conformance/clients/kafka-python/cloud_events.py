"""Events, with kafka-python and pika in one program: cloud_events.py FEATURE QUEUE. KAFKA and AMQP name the broker."""
import os
import sys

import pika
from kafka import KafkaConsumer

KAFKA = os.environ["KAFKA"]
AMQP = os.environ["AMQP"]


def by_kafka(queue):
    consumer = KafkaConsumer(queue, bootstrap_servers=KAFKA, auto_offset_reset="earliest", consumer_timeout_ms=60000)
    record = next(consumer)
    headers = {name: value.decode() for name, value in record.headers if name.startswith("ce_")}
    print("kafka", headers.get("ce_id"), headers.get("ce_type"))
    consumer.close()


def read(queue):
    """Both read what the library has published, each by its own names."""
    by_kafka(queue)
    with pika.BlockingConnection(pika.URLParameters(AMQP)) as connection:
        _, properties, _ = connection.channel().basic_get(queue, auto_ack=True)
        print("pika", properties.headers.get("cloudEvents:id"), properties.headers.get("cloudEvents:type"))


def write(queue):
    """pika publishes an event, by the other prefix that AMQP's binding has."""
    with pika.BlockingConnection(pika.URLParameters(AMQP)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        attributes = {"specversion": "1.0", "id": "p-1", "source": "urn:till", "type": "OrderPaid"}
        properties = pika.BasicProperties(
            delivery_mode=2,
            content_type="application/json",
            headers={"cloudEvents_" + name: value for name, value in attributes.items()})
        channel.basic_publish("", queue, b'{"id": 43}', properties)
    by_kafka(queue)


if __name__ == "__main__":
    globals()[sys.argv[1]](sys.argv[2])
