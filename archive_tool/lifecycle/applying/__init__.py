"""What was planned is done, in an order in which a crash can be finished or undone.

sweep     what is past its retention date goes
erase     somebody disappears from every archive, and from every copy of one
rekey     new secrets for everything
lowering  what the log says of an archive made because another has to go
changing  what every destruction begins with: locks, and what was interrupted
work      what it is made of
pending   decided and not done yet: the next start finds it
destroy   the order
renewal   the end of a renewal of keys: archives written again are swapped in
"""
