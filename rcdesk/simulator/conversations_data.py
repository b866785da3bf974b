"""What people of the simulated company write to each other and say after the tone."""

# "<" is what the user gets, ">" what they write.
SMS_CONVERSATIONS = (
    (
        "<Hi Alex, are we still on for Thursday 10:30?",
        ">Yes! I'll bring the revised drawings.",
        "<Great. Parking is behind the building this time.",
        ">Thanks, see you then.",
    ),
    (
        ">Your spectrometer shipped this morning, tracking number to follow.",
        "<That was quick, thank you!",
        "<Does it need to be signed for?",
        ">Yes, anybody at reception will do.",
    ),
    ("<Running 15 min late, sorry. Traffic on 101.", ">No problem, take your time."),
    (
        "<Could you resend the quote? I can't find the attachment.",
        ">Just sent it again: look for “Sequoia 2291”.",
        "<Got it 👍",
    ),
    ("<Call me when you have a minute? Not urgent.",),
    (
        ">Hello, Alex from Sequoia Instruments here. You asked for a call: does 3 pm suit you?",
        "<3 is fine.",
        "<Actually 3:30 please",
        ">3:30 it is.",
    ),
    ("<Guten Tag, die Lieferung ist heute angekommen. Vielen Dank!", ">Sehr gern!"),
    (
        "<We'd like to order two more of the flow meters, same spec as in June.",
        ">Happy to. Delivery would be the first week of December.",
        "<Perfect, PO is on its way.",
    ),
    ("<Reminder: dentist appointment tomorrow 8:15. Reply C to confirm.", ">C"),
    ("<こんにちは。見積もりを確認しました。", ">ありがとうございます。"),
    ('<Is the <b>blue</b> housing & the 4" flange in stock?', ">Both, yes."),
    ("<The part fits. You saved our week!",),
)

PAGER_CONVERSATIONS = (
    ("<Customer on line 2 asks for you, shall I take a message?", ">Please do, back at 2."),
    ("<Lunch?", ">12:15, the usual place."),
    (">Can you cover the support queue from 4 to 5?", "<Sure.", ">Thank you!"),
    ("<Fire drill tomorrow at 11, please tell your team.",),
)

VOICEMAILS = (
    "Hello, this is about the order from last week. Could you please call me back today? Thanks.",
    "Hi Alex, just checking whether you received the samples. No rush. Bye.",
    "Good morning, I am calling to confirm our appointment on Thursday at ten thirty.",
    "Yes, hello, the device shows error seven again. Please ring me as soon as you can.",
    "This is a message for Alex Navarro. Please return my call at your convenience.",
)
