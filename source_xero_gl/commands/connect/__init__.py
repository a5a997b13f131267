"""``source-xero-gl connect``: sign in to Xero, choose an organisation and filters, and get a config file.

A person would otherwise register addresses, build a sign-in link, exchange a code and write JSON by hand. The steps are in
``onboarding``; ``site`` shows them as local web pages, ``terminal`` asks for them on the command line.
"""
