"""Mails that came back, in the manner of the servers that send them: to fill in `path`, `id` and the reader."""

from string import Template

ORIGINAL = """\
Return-Path: <$path>
Received: from forumwatch.example.org by relay.example.org; Mon, 5 Oct 2026 05:00:10 +0000
From: Forumwatch <digest@forumwatch.example.org>
To: $reader
Subject: New documents: 5.1.1 Terms of contract, 552 pages
Message-ID: $id
"""

POSTFIX = (
    """\
Return-Path: <>
From: MAILER-DAEMON@relay.example.org (Mail Delivery System)
To: $path
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="4F2.179/relay"

--4F2.179/relay
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host relay.example.org. I'm sorry to have to inform you that your message
could not be delivered to one or more recipients.

<$reader>: host mx.example.net[192.0.2.7] said: $said (in reply to RCPT TO command)

--4F2.179/relay
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example.org
X-Postfix-Queue-ID: 4F2
Arrival-Date: Mon,  5 Oct 2026 05:00:10 +0000 (UTC)

Final-Recipient: rfc822; $reader
Original-Recipient: rfc822;$reader
Action: $action
Status: $status
Remote-MTA: dns; mx.example.net
Diagnostic-Code: smtp; $said

--4F2.179/relay
Content-Description: Undelivered Message
Content-Type: message/rfc822

"""
    + ORIGINAL
    + """
Good morning.
--4F2.179/relay--
"""
)

EXIM = (
    """\
Return-path: <>
X-Failed-Recipients: $reader
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@relay.example.org>
To: $path
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  $reader
    host mx.example.net [192.0.2.7]
    SMTP error from remote mail server after RCPT TO:<$reader>:
    $said

------ This is a copy of the message, including all the headers. ------

"""
    + ORIGINAL
    + "\nGood morning.\n"
)

EXIM_LATE = """\
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@relay.example.org>
To: $path
Subject: Warning: message 1xYz delayed 24 hours

A message that you sent has not yet been delivered to one or more of its recipients after more than 24 hours
on the queue. The address to which the message has not yet been delivered is: $reader
No action is required on your part. Delivery attempts will continue for some time.
"""

EXCHANGE = (
    """\
From: <postmaster@example.net>
To: $path
Subject: Undeliverable: New documents
Content-Type: multipart/report; report-type=delivery-status; boundary="_000_x"
Content-Language: en-US

--_000_x
Content-Type: multipart/alternative; boundary="_001_x"

--_001_x
Content-Type: text/plain; charset="us-ascii"

Delivery has failed to these recipients or groups:
$reader
The email address you entered couldn't be found.

--_001_x
Content-Type: text/html; charset="us-ascii"

<html><p>Delivery has failed</p></html>

--_001_x--

--_000_x
Content-Type: message/delivery-status

Reporting-MTA: dns;MBX01.example.net
Received-From-MTA: dns;relay.example.org

Final-Recipient: rfc822;$reader
Action: $action
Status: $status
Diagnostic-Code: smtp;$said
X-Display-Name: Ana

--_000_x
Content-Type: message/rfc822

"""
    + ORIGINAL
    + """
Good morning.
--_000_x--
"""
)

GMAIL = (
    """\
From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
To: $path
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
X-Failed-Recipients: $reader
Content-Type: multipart/report; boundary="0000000000f1"; report-type=delivery-status

--0000000000f1
Content-Type: multipart/related; boundary="0000000000f2"

--0000000000f2
Content-Type: text/plain; charset="UTF-8"

** Address not found **

Your message wasn't delivered to $reader.

--0000000000f2--
--0000000000f1
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.com
Arrival-Date: Sun, 04 Oct 2026 22:00:11 -0700 (PDT)

Final-Recipient: rfc822; $reader
Action: $action
Status: $status
Remote-MTA: dns; gmail-smtp-in.l.google.com. (192.0.2.27, the server for the domain.)
Diagnostic-Code: smtp; $said
Last-Attempt-Date: Sun, 04 Oct 2026 22:00:12 -0700 (PDT)

--0000000000f1
Content-Type: text/rfc822-headers

"""
    + ORIGINAL
    + """
--0000000000f1--
"""
)

QMAIL = (
    """\
From: MAILER-DAEMON@old.example.net
To: $path
Subject: failure notice

Hi. This is the qmail-send program at old.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<$reader>:
$said

--- Below this line is a copy of the message.

"""
    + ORIGINAL
    + "\nGood morning.\n"
)

COMPLAINT = (
    """\
From: <feedback@isp.example.com>
To: <abuse@forumwatch.example.org>
Subject: FW: New documents
Content-Type: multipart/report; report-type=feedback-report; boundary="part1"

--part1
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report for an email message received from IP 192.0.2.1.

--part1
Content-Type: message/feedback-report

Feedback-Type: $action
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <$path>
Original-Rcpt-To: <$reader>

--part1
Content-Type: message/rfc822

"""
    + ORIGINAL
    + """
Good morning.
--part1--
"""
)

AWAY = """\
From: Ana <$reader>
To: $path
Subject: Out of office: New documents
Auto-Submitted: auto-replied

I am away until 5 November and will not read mail. 5.1.1 is the paragraph to read meanwhile.
"""

PERSON = """\
From: Ana <$reader>
To: $path
Subject: Re: New documents

Could you send me number 550 instead?
"""


def returned(form: str, **given: str) -> bytes:
    defaults = {"reader": "ana@example.net", "id": "<none@example.org>", "path": "bounces@example.org"}
    defaults |= {"action": "failed", "status": "5.0.0", "said": "550 no"}
    return Template(form).substitute(defaults | given).replace("\n", "\r\n").encode()
