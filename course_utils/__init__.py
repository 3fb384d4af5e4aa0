"""Helpers of the course on variational autoencoders; import what you need from its modules.

What to read, in this order:

1. What is measured: ``data`` and ``units``; ``distributions`` and ``divergences``; ``objectives``, the two halves of
   the ELBO in nats per image.
2. The models: ``encoders``, ``decoders``, ``vae``; then ``autodecoder``, a decoder without an encoder, and ``gan``;
   the five reports' systems in ``reports``.
3. How they learn and are judged: ``schedules``, ``initialisation``, ``optimizers``, ``recipes``, ``training``;
   ``evaluation``, ``reconstruction``, ``class_coverage``; ``turns`` for the GAN.
4. What lessons show and keep: ``page``, ``plots``, ``tables``, ``widgets``, ``progress``, ``files``; ``checkpoints``,
   models with their cards, and ``explorer``, some of them at work in the page itself; ``exercises``, ``quizzes`` and
   ``predictions``, what a student is asked; ``capstone``, what a student hands in at the end, and ``leaderboard``, the
   page of it.
5. For authors and instructors: ``author`` makes lessons and the data, ``grading`` the marks, ``bench`` the figures of
   README, ``site`` the pages for a web server; ``start`` gives students their lessons; ``cli`` is the command
   ``course``.
6. Speed, last: ``engine`` makes these models quick on two cores. ``training``, ``evaluation`` and ``gan`` put it on, in
   one line each; nothing else knows it.

Nothing heavy is imported here, so that ``import course_utils`` costs nothing.
"""
