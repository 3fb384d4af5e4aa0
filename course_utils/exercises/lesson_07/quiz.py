"""Quiz of lesson 07."""

from course_utils.quizzes import Option, Question

QUESTIONS = (
    Question(
        "1,000 images are measured in batches of 64: fifteen full ones, and a last one of 40. Somebody "
        "averages the sixteen batch means. What is wrong?",
        (
            Option(
                "Nothing: every image is in exactly one batch.",
                "It is, but not with the same weight: a mean of means weighs batches equally, not images.",
            ),
            Option(
                "An image of the last batch weighs 1.6 times as much as any other.",
                "It is one of 40 instead of one of 64: 64/40 = 1.6. Add up images and divide by images, once.",
                True,
            ),
            Option("The sum must be divided by 1,024.", "That is Report E's padded division, 2.3 % too small here."),
        ),
    ),
    Question(
        "You tried 30 learning rates, and each was read on the test images. The best one reads 96.2 "
        "nats. What do you know of it?",
        (
            Option(
                "It was lucky as well as good: 96.2 is too low on average.",
                "The smallest of 30 noisy readings is good partly by luck. Choose on validation, then "
                "read the choice on test.",
                True,
            ),
            Option(
                "Nothing was trained on the test images, so 96.2 is a fair number.",
                "Choosing is enough: a minimum over 30 readings is lower than the reading of a model named beforehand.",
            ),
            Option(
                "It is too high: test images are harder than training images.",
                "Harder or not, the minimum over many readings pulls the number down.",
            ),
        ),
    ),
    Question(
        "Patience is 10. Validation is best at epoch 40, and equal to that best at epoch 45, never "
        "better. When does training stop, and with which weights?",
        (
            Option(
                "At epoch 55, with the weights of epoch 45.",
                "An equal value is no improvement: the clock runs on from epoch 40.",
            ),
            Option("At epoch 50, with the weights of epoch 50.", "It stops at 50, but goes back to the best weights."),
            Option(
                "At epoch 50, with the weights of epoch 40.",
                "40 + 10 = 50 is the first epoch at which 10 have passed since the best; then the snapshot is loaded.",
                True,
            ),
        ),
    ),
    Question(
        "best = model.state_dict() is stored at the best epoch; ten epochs later "
        "model.load_state_dict(best) is called. What does the model then hold?",
        (
            Option(
                "The weights of the last epoch.",
                "state_dict() hands out the model's own tensors, and the optimiser changes them in "
                "place. Copy them: .clone().",
                True,
            ),
            Option("The weights of the best epoch.", "It would, if the dictionary held copies."),
            Option("Fresh weights.", "Nothing here draws new weights."),
        ),
    ),
    Question(
        "Over training, BCE falls from 206 to 75 nats and the KL rises from 0 to 23. What does the rise say?",
        (
            Option(
                "The codes drift away from the prior, and the KL needs more weight.",
                "More weight would buy less information; at KL 0 every image comes back as the same cloud.",
            ),
            Option(
                "The model is learning the ten classes.",
                "No label is in the loss, and one of ten classes is worth at most ln 10 = 2.30 nats.",
            ),
            Option(
                "23 nats of KL per image are being paid, and save 131 nats of BCE.",
                "206 - 75 = 131. A nat of KL is paid where it saves more than a nat of BCE.",
                True,
            ),
        ),
    ),
)
