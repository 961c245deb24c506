"""Publishes 30 messages and takes some of them in every way that a broker counts.

Usage: counts.py URL QUEUE   What was done with how many is printed.
"""

import sys

import pika

url, queue = sys.argv[1:]
connection = pika.BlockingConnection(pika.URLParameters(url))
channel = connection.channel()
channel.confirm_delivery()
channel.queue_declare(queue=queue, durable=True)
for number in range(30):
    channel.basic_publish("", queue, f"message {number}", pika.BasicProperties(delivery_mode=2))

channel.basic_qos(prefetch_count=10)
for number, (method, _, _) in enumerate(channel.consume(queue)):
    if number < 6:
        channel.basic_ack(method.delivery_tag)
    elif number < 8:
        channel.basic_reject(method.delivery_tag, requeue=False)
    elif number == 8:
        channel.basic_nack(method.delivery_tag, requeue=True)
        break
channel.cancel()
for _ in range(3):
    channel.basic_get(queue, auto_ack=True)
method, _, _ = channel.basic_get(queue)
channel.basic_ack(method.delivery_tag)
connection.close()
print("published 30 acknowledged 7 refused 2 taken 3")
